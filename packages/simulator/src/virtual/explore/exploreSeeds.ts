import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import type { Finding } from "../findings.ts";
import type { VirtualScenario } from "../scenario.ts";

interface ExploreOptions {
  readonly first: number;
  readonly count: number;
  readonly scenario: VirtualScenario;
  /** Threads; one for each core when left out. */
  readonly threads?: number | undefined;
  /** Ends the exploration after so many failing seeds. */
  readonly failuresMax: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExploreProgress) => void;
}

export interface ExploreProgress {
  readonly done: number;
  readonly count: number;
  readonly failed: number;
  readonly elapsedMs: number;
  readonly seedsPerMinute: number;
  readonly etaMs: number | undefined;
}

export interface FailedSeed {
  readonly seed: number;
  readonly findings: readonly Finding[];
}

export interface ExploreResult {
  readonly done: number;
  readonly failures: readonly FailedSeed[];
  readonly elapsedMs: number;
  readonly seedsPerMinute: number;
  /** Scheduler steps, and virtual time, over all seeds. */
  readonly steps: number;
  readonly virtualMs: number;
  readonly threads: number;
}

/** Seeds that a thread is given at a time: seconds of work, so that no thread waits for another. */
const BLOCK = 20;
const MINUTE_MS = 60_000;
const YOUNG_MB = 96;

const reportSchema = z.union([
  z.literal("done"),
  z.object({
    seed: z.number(),
    findings: z.array(z.custom<Finding>((value) => typeof value === "object" && value !== null)),
    steps: z.number(),
    elapsedMs: z.number(),
  }),
]);

/** Runs the seeds on all cores; every check is made after each of them. */
export async function exploreSeeds(options: ExploreOptions): Promise<ExploreResult> {
  const { first, count, scenario, failuresMax, signal, onProgress } = options;
  const threads = Math.min(options.threads ?? availableParallelism(), Math.ceil(count / BLOCK));
  const startedMs = performance.now();
  const failures: FailedSeed[] = [];
  let next = first;
  let done = 0;
  let steps = 0;
  let virtualMs = 0;

  function progress(): ExploreProgress {
    const elapsedMs = performance.now() - startedMs;
    const seedsPerMinute = (done / Math.max(1, elapsedMs)) * MINUTE_MS;
    const etaMs = done === 0 ? undefined : (elapsedMs / done) * (count - done);
    return { done, count, failed: failures.length, elapsedMs, seedsPerMinute, etaMs };
  }

  const isOver = (): boolean =>
    signal.aborted || failures.length >= failuresMax || next >= first + count;

  function note(message: unknown): boolean {
    const report = reportSchema.parse(message);
    if (report === "done") return true;
    done += 1;
    steps += report.steps;
    virtualMs += report.elapsedMs;
    if (report.findings.length > 0) {
      failures.push({ seed: report.seed, findings: report.findings });
    }
    onProgress(progress());
    return false;
  }

  async function work(): Promise<void> {
    const worker = new Worker(new URL("./seedWorker.ts", import.meta.url), {
      workerData: { scenario },
      // A run's garbage is young: a larger nursery saves most of its collections.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    const stop = (): void => void worker.terminate();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await drive(worker, note, () => {
        if (isOver()) return undefined;
        const block = { first: next, count: Math.min(BLOCK, first + count - next) };
        next += block.count;
        return block;
      });
    } finally {
      signal.removeEventListener("abort", stop);
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: threads }, work));
  failures.sort((one, other) => one.seed - other.seed);
  const { elapsedMs, seedsPerMinute } = progress();
  return { done, failures, elapsedMs, seedsPerMinute, steps, virtualMs, threads };
}

/** Gives a thread one block after the other, until there are none. */
function drive(
  worker: Worker,
  note: (message: unknown) => boolean,
  nextBlock: () => { first: number; count: number } | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const block = nextBlock();
      if (block) worker.postMessage(block);
      else resolve();
    };
    worker.on("message", (message) => {
      if (note(message)) give();
    });
    worker.once("error", reject);
    worker.once("exit", () => resolve());
    give();
  });
}
