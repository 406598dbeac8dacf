import { type RushWorld, sinceOpen } from "../actors/rushWorld.ts";
import type { RushOptions } from "./rushOptions.ts";
import { etaOf, type RushProgress } from "./rushProgress.ts";

/** Often enough to look alive, seldom enough to cost nothing. */
const REPORT_EVERY_MS = 250;

/** Tells how far the rush has come, several times a second, until it is stopped. */
export class ProgressReporter {
  stage: RushProgress["stage"] = "rush";
  #pending = 0;
  readonly #options: RushOptions;
  readonly #world: RushWorld;
  readonly #lastArrivalMs: number;
  readonly #stopping = new AbortController();

  constructor(options: RushOptions, world: RushWorld, lastArrivalMs: number) {
    this.#options = options;
    this.#world = world;
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
    const { clock } = this.#world;
    while (!this.#stopping.signal.aborted) {
      this.#options.onProgress?.(this.#now());
      await clock.sleep(REPORT_EVERY_MS, this.#stopping.signal);
    }
  }

  #now(): RushProgress {
    const { recorder } = this.#world;
    const { buyers, seats } = this.#options;
    const elapsedMs = Math.max(0, sinceOpen(this.#world));
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
