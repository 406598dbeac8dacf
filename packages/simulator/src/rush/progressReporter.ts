import { type ClientEnvironment, sinceOpen } from "../actors/clientEnvironment.ts";
import type { RushOptions } from "./rushOptions.ts";
import { etaOf, type RushProgress } from "./rushProgress.ts";

/** Interval of the progress reports, ms: short enough to look live, long enough to be cheap. */
const REPORT_EVERY_MS = 250;

/** Reports the progress of the rush several times a second until `stop`. */
export class ProgressReporter {
  stage: RushProgress["stage"] = "rush";
  #pending = 0;
  readonly #options: RushOptions;
  readonly #environment: ClientEnvironment;
  readonly #lastArrivalMs: number;
  readonly #stopping = new AbortController();

  constructor(options: RushOptions, environment: ClientEnvironment, lastArrivalMs: number) {
    this.#options = options;
    this.#environment = environment;
    this.#lastArrivalMs = lastArrivalMs;
    if (options.onProgress !== undefined) void this.#run();
  }

  pending(messages: number): void {
    this.#pending = messages;
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #run(): Promise<void> {
    const { clock } = this.#environment;
    while (!this.#stopping.signal.aborted) {
      this.#options.onProgress?.(this.#now());
      await clock.sleep(REPORT_EVERY_MS, this.#stopping.signal);
    }
  }

  #now(): RushProgress {
    const { recorder } = this.#environment;
    const { buyers, seats } = this.#options;
    const elapsedMs = Math.max(0, sinceOpen(this.#environment));
    let failures = 0;
    for (const count of recorder.failures().values()) failures += count;
    return {
      stage: this.stage,
      elapsedMs,
      buyers,
      arrived: recorder.events.arrival.length,
      admitted: recorder.events.admission.length,
      ended: recorder.events.end.length,
      seats,
      sold: recorder.events.sale.length,
      failures,
      pendingMessages: this.#pending,
      etaMs: etaOf(recorder.events.end, buyers, elapsedMs, this.#lastArrivalMs),
    };
  }
}
