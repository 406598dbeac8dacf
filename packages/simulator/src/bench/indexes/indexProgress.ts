/** The current step of the measurement, and its end. */
export interface IndexProgress {
  readonly step: string;
  readonly elapsedMs: number;
  /** The expected time to the end, ms. */
  readonly toGoMs: number;
  /** The time to the end when every statement runs until its time limit, ms. */
  readonly atMostMs: number;
}

/** Filling takes about this time for a row, us, until there is a measured pace. */
const FILL_US = 150;
/** Below this share the pace of the fill says little. */
const SHARE_MIN = 0.05;
/**
 * A variant has up to six runs that each take almost the whole time limit: a warm-up, the run that
 * counts reads, three measured runs and the plan.
 */
const RUNS_AT_MOST = 6;

export interface IndexProgressOptions {
  readonly rows: number;
  readonly variants: number;
  /** The time for the runs of one variant, and the limit of one run, ms. */
  readonly budgetMs: number;
  readonly onProgress: (progress: IndexProgress) => void;
}

/**
 * Estimates the end from the pace so far.
 * @param nowMs the time since any fixed moment, ms
 */
export function indexProgress(
  { rows, variants, budgetMs, onProgress }: IndexProgressOptions,
  nowMs: () => number = () => performance.now(),
) {
  const startedMs = nowMs();
  const elapsed = (): number => nowMs() - startedMs;
  let filledAtMs: number | undefined;
  let begun = 0;
  return {
    /** @param share the filled share of the tables, 0 to 1 */
    fill(share: number): void {
      const elapsedMs = elapsed();
      const allMs = share < SHARE_MIN ? (rows * FILL_US) / 1000 : elapsedMs / share;
      const leftMs = Math.max(0, allMs - elapsedMs);
      onProgress({
        ...{ step: `fill the tables, ${Math.floor(share * 100)} %`, elapsedMs },
        toGoMs: leftMs + variants * budgetMs,
        atMostMs: leftMs + variants * budgetMs * RUNS_AT_MOST,
      });
    },
    /** Begins the next variant. */
    variant(step: string): void {
      const elapsedMs = elapsed();
      filledAtMs ??= elapsedMs;
      const left = variants - begun;
      const eachMs = begun === 0 ? budgetMs : (elapsedMs - filledAtMs) / begun;
      begun += 1;
      const atMostMs = left * budgetMs * RUNS_AT_MOST;
      onProgress({ step, elapsedMs, toGoMs: Math.min(left * eachMs, atMostMs), atMostMs });
    },
  };
}
