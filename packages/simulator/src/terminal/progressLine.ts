import { countText, durationText } from "../report/words.ts";
import type { RushProgress } from "../rush/rushProgress.ts";

/** A log is read, not watched: a line every few seconds is enough. */
const LOG_EVERY_MS = 3000;
const CLEAR_LINE = "\r\u001b[2K";

/** Where progress is shown; a TTY gets one line that is written anew, a log gets lines. */
export interface ProgressTarget {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** A line that tells how far something is. */
export interface StatusLine {
  /**
   * @param stage a log gets a line at once when it changes
   * @param elapsedMs since the beginning
   */
  show(text: string, stage: string, elapsedMs: number): void;
  /** Takes the line away, so that what follows begins on a clean one. */
  clear(): void;
}

/** Shows how far something is, on a terminal or in a log. */
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

/** Shows how far a rush is. */
export function progressLine(target: ProgressTarget): ProgressLine {
  const line = statusLine(target);
  return {
    show: (progress) => line.show(progressText(progress), progress.stage, progress.elapsedMs),
    clear: () => line.clear(),
  };
}

/** One line on how far the rush has come. */
export function progressText(progress: RushProgress): string {
  const elapsed = durationText(progress.elapsedMs);
  if (progress.stage === "setting up") return "setting up the sale";
  if (progress.stage === "draining") {
    const pending = countText(progress.pendingMessages);
    return `${elapsed}  waiting until all has been published and applied: ${pending} to publish`;
  }
  if (progress.stage === "checking") return `${elapsed}  checking the invariants`;
  const { buyers, seats } = progress;
  const parts = [
    elapsed,
    `arrived ${countText(progress.arrived)}/${countText(buyers)}`,
    `let in ${countText(progress.admitted)}`,
    `sold ${countText(progress.sold)}/${countText(seats)}`,
    `done ${countText(progress.ended)}`,
  ];
  if (progress.failures > 0) parts.push(`failures ${countText(progress.failures)}`);
  if (progress.etaMs !== undefined) parts.push(`about ${durationText(progress.etaMs)} to go`);
  return parts.join("  ");
}
