import type { CoreContext } from "@onsale/core";
import type { Zipf } from "../chance/zipf.ts";
import type { Recorder } from "../measure/recorder.ts";
import type { AcknowledgedLog } from "./acknowledgedLog.ts";
import type { LineWatch } from "./lineWatch.ts";
import type { Transport } from "./transport.ts";

export type Clock = CoreContext["clock"];

/** The seats on sale. */
export interface Sale {
  readonly queueId: string;
  readonly concertId: number;
  /** The rank of a seat in the hall; 0 is the best. */
  rankOf(seatId: number): number;
  readonly popularity: Zipf;
  /** Length of an admission, ms. The start of an admission is its end minus this length. */
  readonly activeTtlMs: number;
}

/** The settings and ports that all clients of a rush share. */
export interface ClientEnvironment {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly acknowledged: AcknowledgedLog;
  readonly sale: Sale;
  /** A user access token. */
  tokenFor(userId: number): string | Promise<string>;
  /** Mean pause between two requests of a buyer, ms. */
  readonly thinkMs: number;
  /** The run's part of each Idempotency-Key, so that two runs never share a key. */
  readonly runId: string;
  /** The opening of the sale, by `clock.monotonicMs` and by `clock.nowMs`. */
  readonly opensAtMonotonicMs: number;
  readonly opensAtMs: number;
  readonly signal: AbortSignal;
  /** Follows the queue between the polls of its buyers; without it, they only poll. */
  readonly line?: LineWatch;
}

/** Milliseconds since the sale opened. */
export function sinceOpen(environment: ClientEnvironment): number {
  return environment.clock.monotonicMs() - environment.opensAtMonotonicMs;
}
