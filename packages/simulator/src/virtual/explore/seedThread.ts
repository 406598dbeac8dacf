import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { MarkCounts } from "../rules/ruleMarks.ts";
import type { ExerciseReport } from "../runbook/exerciseReport.ts";
import type { Violation } from "../violations.ts";
import type { VirtualScenario } from "../virtualScenario.ts";

/** A block of consecutive seeds. */
export interface Block {
  readonly first: number;
  readonly count: number;
}

/** The result of one seed's run. */
export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly elapsedMs: number;
  readonly marks: MarkCounts;
  readonly exercise?: ExerciseReport | undefined;
}

/** A thread that ended while it had seeds to run. */
export interface LostThread {
  /** The seed that was running when the thread ended. */
  readonly seed: number;
  readonly rest: Block;
  readonly why: string;
}

interface ThreadOptions {
  /** The program that the thread runs. */
  readonly program: URL;
  readonly scenario: VirtualScenario;
  readonly runbook: string | undefined;
  readonly signal: AbortSignal;
  /** Returns the next block; undefined when no seeds are left. */
  readonly nextBlock: () => Block | undefined;
  readonly onReport: (report: SeedReport) => void;
}

const RESOURCE_LIMITS = {
  // Most garbage of a run is young, so a larger young generation of the heap saves most
  // collections.
  maxYoungGenerationSizeMb: 96,
  // Four times the memory that the largest sale needs. The limit protects the machine from a run
  // that leaks.
  maxOldGenerationSizeMb: 512,
};

const messageSchema = z.union([
  z.literal("ready"),
  z.object({
    seed: z.number(),
    violations: z.array(
      z.custom<Violation>((value) => typeof value === "object" && value !== null),
    ),
    steps: z.number(),
    elapsedMs: z.number(),
    marks: z.custom<MarkCounts>((value) => typeof value === "object" && value !== null),
    exercise: z
      .custom<ExerciseReport>((value) => typeof value === "object" && value !== null)
      .optional(),
  }),
]);

/**
 * Starts a thread and sends it one block after the other until no block is left or the signal
 * aborts.
 * @returns undefined, or the seeds without a result when the thread ended by itself
 * @throws the error that kept the thread from starting
 */
export async function runThread(options: ThreadOptions): Promise<LostThread | undefined> {
  const { program, scenario, runbook, signal, nextBlock, onReport } = options;
  const worker = new Worker(program, {
    workerData: { scenario, runbook },
    resourceLimits: RESOURCE_LIMITS,
  });
  let hasBegun = false;
  /** The seeds of the thread that have no report yet. The first of them is running. */
  let open: Block = { first: 0, count: 0 };
  let failure: Error | undefined;
  worker.on("message", (message) => {
    const said = messageSchema.parse(message);
    if (said === "ready") {
      hasBegun = true;
      const block = nextBlock();
      if (!block) return void worker.terminate();
      open = block;
      worker.postMessage(block);
      return;
    }
    assert.equal(said.seed, open.first, "seeds are run in their order");
    open = afterFirst(open);
    onReport(said);
  });
  worker.on("error", (error: Error) => {
    failure = error;
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener("abort", stop, { once: true });
  // All messages of the thread arrive before its exit event.
  const exitCode = await new Promise<number>((resolve) => worker.once("exit", resolve));
  signal.removeEventListener("abort", stop);
  if (signal.aborted) return undefined;
  const why = failure?.message ?? `exit code ${exitCode}`;
  if (!hasBegun) throw failure ?? new Error(`A thread ended before it could run seeds: ${why}`);
  return open.count > 0 ? { seed: open.first, rest: afterFirst(open), why } : undefined;
}

function afterFirst({ first, count }: Block): Block {
  return { first: first + 1, count: count - 1 };
}
