import type { CoreContext } from "@onsale/core";
import type { Zipf } from "../chance/zipf.ts";
import type { Recorder } from "../measure/recorder.ts";
import type { AcknowledgedLog } from "./acknowledgedLog.ts";
import type { Transport } from "./httpTransport.ts";

export type Clock = CoreContext["clock"];

/** What is on sale. */
export interface Sale {
  readonly queueId: string;
  readonly concertId: number;
  /** A seat's place in the hall, 0 the best. */
  rankOf(seatId: number): number;
  readonly popularity: Zipf;
  /**
   * How long a place lives once admitted, ms; tells when a buyer was admitted from when it ends.
   */
  readonly activeTtlMs: number;
}

/** What all buyers of a rush share. */
export interface RushWorld {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly recorder: Recorder;
  readonly acknowledged: AcknowledgedLog;
  readonly sale: Sale;
  /** A user access token. */
  tokenFor(userId: number): string | Promise<string>;
  /** Mean pause between two steps of a buyer, ms. */
  readonly thinkMs: number;
  /** Names the run within Idempotency-Keys, so that two runs never share one. */
  readonly runId: string;
  /** When the sale opens, by `clock.monotonicMs` and by `clock.nowMs`. */
  readonly opensAtMonotonicMs: number;
  readonly opensAtMs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds since the sale opened. */
export function sinceOpen(world: RushWorld): number {
  return world.clock.monotonicMs() - world.opensAtMonotonicMs;
}
