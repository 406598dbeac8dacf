import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { VirtualScenario } from "../scenario.ts";
import type { Violation } from "../violations.ts";

/** Seeds that follow one another. */
export interface Block {
  readonly first: number;
  readonly count: number;
}

/** What came of a seed's run. */
export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly elapsedMs: number;
}

/** A thread that ended while it had seeds to run. */
export interface LostThread {
  /** Which of them was under way, and those that it did not come to. */
  readonly seed: number;
  readonly rest: Block;
  readonly why: string;
}

interface ThreadOptions {
  /** What the thread runs; it serves seeds. */
  readonly program: URL;
  readonly scenario: VirtualScenario;
  readonly signal: AbortSignal;
  /** Undefined when there is nothing more to run. */
  readonly nextBlock: () => Block | undefined;
  readonly onReport: (report: SeedReport) => void;
}

const RESOURCE_LIMITS = {
  // A run's garbage is young: a larger nursery saves most of its collections.
  maxYoungGenerationSizeMb: 96,
  // Four times what the largest sale keeps: one that grows without end shall not take the machine.
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
  }),
]);

/**
 * Gives a thread of its own one block after the other, until there are none or the signal aborts.
 * @returns undefined, or what the thread was at when it ended by itself
 * @throws whatever kept the thread from beginning
 */
export async function runThread(options: ThreadOptions): Promise<LostThread | undefined> {
  const { program, scenario, signal, nextBlock, onReport } = options;
  const worker = new Worker(program, {
    workerData: { scenario },
    resourceLimits: RESOURCE_LIMITS,
  });
  let hasBegun = false;
  /** Seeds that it was given and has not told of; the first one is under way. */
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
  // By its exit all that it sent has come.
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
