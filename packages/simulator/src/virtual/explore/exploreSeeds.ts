import { availableParallelism } from "node:os";
import { addMarks, type MarkCounts, noMarks } from "../rules/ruleMarks.ts";
import { addReports, type ExerciseReport, noExercise } from "../runbook/exerciseReport.ts";
import { internalError, type Violation } from "../violations.ts";
import type { VirtualScenario } from "../virtualScenario.ts";
import { type Block, runThread, type SeedReport } from "./seedThread.ts";

interface ExploreOptions {
  readonly first: number;
  readonly count: number;
  readonly scenario: VirtualScenario;
  /** The runbook that operators run in every sale, with its incident. */
  readonly runbook?: string | undefined;
  /** Number of threads. Default: one for each core. */
  readonly threads?: number | undefined;
  /** The exploration ends after this many failing seeds. */
  readonly failuresMax: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExploreProgress) => void;
  /** The program that the threads run. A test passes a program that plants faults. */
  readonly program?: URL;
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
  readonly violations: readonly Violation[];
  /** True when the run of this seed ended its thread. */
  readonly endedThread: boolean;
}

export interface ExploreResult {
  readonly done: number;
  readonly failures: readonly FailedSeed[];
  readonly elapsedMs: number;
  readonly seedsPerMinute: number;
  /** Scheduler steps, and virtual time, of all seeds together. */
  readonly steps: number;
  readonly virtualMs: number;
  readonly threads: number;
  /** How often all sales together reached each mark of the rules. */
  readonly marks: MarkCounts;
  /** The work of the operators in all seeds; without a runbook all counts are 0. */
  readonly exercise: ExerciseReport;
}

/**
 * Number of seeds that a thread gets at a time. A block takes only seconds, so that at the end no
 * thread waits long for another thread.
 */
const BLOCK = 20;
const MINUTE_MS = 60_000;
const PROGRAM = new URL("./seedWorker.ts", import.meta.url);

/**
 * Runs the seeds on all cores, with every check after each seed. When a seed ends its thread, the
 * seed counts as failed, and another thread continues with the next seed.
 */
export async function exploreSeeds(options: ExploreOptions): Promise<ExploreResult> {
  const { first, count, scenario, failuresMax, onProgress, program = PROGRAM } = options;
  const threads = Math.min(options.threads ?? availableParallelism(), Math.ceil(count / BLOCK));
  const tally = new Tally(count);
  const blocks = new Blocks(first, count);
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const isOver = (): boolean =>
    signal.aborted || tally.failures.length >= failuresMax || blocks.areOut;

  function note(report: SeedReport, endedThread = false): void {
    tally.add(report, endedThread);
    onProgress(tally.progress());
  }

  async function work(): Promise<void> {
    while (!isOver()) {
      const lost = await runThread({
        program,
        scenario,
        runbook: options.runbook,
        signal,
        nextBlock: () => (isOver() ? undefined : blocks.take()),
        onReport: note,
      });
      if (!lost) continue;
      const { seed, rest, why } = lost;
      blocks.giveBack(rest);
      const violations = [internalError(`the run ended its thread: ${why}`)];
      note({ seed, violations, steps: 0, elapsedMs: 0, marks: noMarks }, true);
    }
  }

  try {
    await Promise.all(Array.from({ length: threads }, work));
  } finally {
    // A thread that cannot start fails the whole exploration, so the other threads are stopped.
    ending.abort();
  }
  return { ...tally.result(), threads };
}

/** Distributes the seeds that no thread has received yet. */
class Blocks {
  readonly #end: number;
  #next: number;
  /** Blocks of seeds that a thread had received but not run when the thread ended. */
  readonly #givenBack: Block[] = [];

  constructor(first: number, count: number) {
    this.#next = first;
    this.#end = first + count;
  }

  get areOut(): boolean {
    return this.#givenBack.length === 0 && this.#next >= this.#end;
  }

  take(): Block | undefined {
    if (this.areOut) return undefined;
    const block = this.#givenBack.shift() ?? {
      first: this.#next,
      count: Math.min(BLOCK, this.#end - this.#next),
    };
    this.#next = Math.max(this.#next, block.first + block.count);
    return block;
  }

  giveBack(rest: Block): void {
    if (rest.count > 0) this.#givenBack.push(rest);
  }
}

/**
 * Seeds that must be done before the end is estimated: a tenth of all, but no more than a hundred.
 * The first seeds are slow, because they start the threads and run new code.
 */
const BASIS_SHARE = 0.1;
const BASIS_MAX = 100;

/** Collects the results of the seeds. */
class Tally {
  readonly failures: FailedSeed[] = [];
  readonly #count: number;
  readonly #startedMs = performance.now();
  #done = 0;
  #steps = 0;
  #virtualMs = 0;
  #marks = noMarks;
  #exercise = noExercise;

  constructor(count: number) {
    this.#count = count;
  }

  add(report: SeedReport, endedThread: boolean): void {
    const { seed, violations, steps, elapsedMs, marks, exercise } = report;
    this.#done += 1;
    this.#steps += steps;
    this.#virtualMs += elapsedMs;
    this.#marks = addMarks(this.#marks, marks);
    if (exercise) this.#exercise = addReports(this.#exercise, exercise);
    if (violations.length > 0) this.failures.push({ seed, violations, endedThread });
  }

  progress(): ExploreProgress {
    const [done, count] = [this.#done, this.#count];
    const elapsedMs = performance.now() - this.#startedMs;
    const seedsPerMinute = (done / Math.max(1, elapsedMs)) * MINUTE_MS;
    const hasBasis = done >= Math.min(BASIS_MAX, count * BASIS_SHARE);
    const etaMs = hasBasis && done > 0 ? (elapsedMs / done) * (count - done) : undefined;
    return { done, count, failed: this.failures.length, elapsedMs, seedsPerMinute, etaMs };
  }

  result(): Omit<ExploreResult, "threads"> {
    const { done, elapsedMs, seedsPerMinute } = this.progress();
    const failures = this.failures.toSorted((one, other) => one.seed - other.seed);
    return {
      done,
      failures,
      elapsedMs,
      seedsPerMinute,
      steps: this.#steps,
      virtualMs: this.#virtualMs,
      marks: this.#marks,
      exercise: this.#exercise,
    };
  }
}
