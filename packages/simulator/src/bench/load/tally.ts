import type { LoadResult } from "../benchReport.ts";
import { percentilesOf } from "./percentiles.ts";

/** Counts outcomes, and keeps each duration, so that percentiles are exact. */
export class Tally {
  readonly #acceptedMs: number[] = [];
  readonly #refusedMs: number[] = [];
  readonly #refusedBy: Record<string, number> = {};
  readonly #failedBy: Record<string, number> = {};
  #failed = 0;

  accepted(tookMs: number): void {
    this.#acceptedMs.push(tookMs);
  }

  refused(reason: string, tookMs: number): void {
    this.#refusedMs.push(tookMs);
    this.#refusedBy[reason] = (this.#refusedBy[reason] ?? 0) + 1;
  }

  failed(reason: string): void {
    this.#failed += 1;
    this.#failedBy[reason] = (this.#failedBy[reason] ?? 0) + 1;
  }

  /** The number of operations that have ended. */
  count(): number {
    return this.#acceptedMs.length + this.#refusedMs.length + this.#failed;
  }

  result(elapsedMs: number): LoadResult {
    return {
      accepted: this.#acceptedMs.length,
      refused: this.#refusedMs.length,
      refusedBy: this.#refusedBy,
      failed: this.#failed,
      failedBy: this.#failedBy,
      elapsedMs,
      latencyMs: percentilesOf(this.#acceptedMs),
      refusedLatencyMs: percentilesOf(this.#refusedMs),
    };
  }
}
