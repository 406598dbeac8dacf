import { countText, durationText } from "../report/words.ts";
import type { RushProgress } from "../rush/rushProgress.ts";

/** Interval of progress lines in a log, ms. A log needs only a line every few seconds. */
const LOG_EVERY_MS = 3000;
const CLEAR_LINE = "\r\u001b[2K";

/**
 * The output for progress. On a terminal one line is rewritten; in a log each report is a new line.
 */
export interface ProgressTarget {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A line that shows progress. */
export interface StatusLine {
  /**
   * @param stage the current stage; when it changes, a log gets a line immediately
   * @param elapsedMs ms since the start
   */
  show(text: string, stage: string, elapsedMs: number): void;
  /** Clears the line, so that the next output begins on an empty line. */
  clear(): void;
}

/** Shows progress on a terminal or in a log. */
export function statusLine(target: ProgressTarget): StatusLine {
  let shownMs = Number.NEGATIVE_INFINITY;
  let shownStage = "";
  return {
    show(text, stage, elapsedMs) {
      if (target.isTTY) {
        target.write(CLEAR_LINE + text.slice(0, (target.columns ?? 80) - 1));
        return;
      }
      if (stage === shownStage && elapsedMs - shownMs < LOG_EVERY_MS) return;
      shownMs = elapsedMs;
      shownStage = stage;
      target.write(`${text}\n`);
    },
    clear() {
      if (target.isTTY) target.write(CLEAR_LINE);
    },
  };
}

/** The live line of a rush. */
export interface ProgressLine {
  show(progress: RushProgress): void;
  clear(): void;
}

/** Shows the progress of a rush. */
export function progressLine(target: ProgressTarget): ProgressLine {
  const line = statusLine(target);
  return {
    show: (progress) => line.show(progressText(progress), progress.stage, progress.elapsedMs),
    clear: () => line.clear(),
  };
}

/** Formats the progress of a rush as one line. */
export function progressText(progress: RushProgress): string {
  const elapsed = durationText(progress.elapsedMs);
  if (progress.stage === "setting up") return "setting up the sale";
  if (progress.stage === "draining") {
    const pending = countText(progress.pendingMessages);
    return `${elapsed}  waiting until all messages are applied: ${pending} to publish`;
  }
  if (progress.stage === "checking") return `${elapsed}  checking the invariants`;
  const { buyers, seats } = progress;
  const parts = [
    elapsed,
    `arrived ${countText(progress.arrived)}/${countText(buyers)}`,
    `admitted ${countText(progress.admitted)}`,
    `sold ${countText(progress.sold)}/${countText(seats)}`,
    `done ${countText(progress.ended)}`,
  ];
  if (progress.failures > 0) parts.push(`failures ${countText(progress.failures)}`);
  if (progress.etaMs !== undefined) parts.push(`about ${durationText(progress.etaMs)} to go`);
  return parts.join("  ");
}
