import { exponential } from "../chance/seededRandom.ts";
import type { BuyerCalls, Refusal } from "./buyerCalls.ts";
import { BuyerEnded } from "./buyerEnded.ts";
import type { BuyerPlan } from "./buyerPlan.ts";
import type { ClientEnvironment } from "./clientEnvironment.ts";

/** A waiting time that an answer estimated, and when the client got the answer. */
export interface EstimatedWait {
  /** ms since the sale opened. */
  readonly atMs: number;
  readonly estimatedMs: number;
}

/** The state of a client between two requests. */
export interface Session {
  readonly plan: BuyerPlan;
  readonly environment: ClientEnvironment;
  readonly calls: BuyerCalls;
  readonly accessToken: string;
  /** The latest queue token. */
  queueToken: string;
  admittedMs: number | undefined;
  /** The estimates of the answers until the admission. */
  readonly estimates: EstimatedWait[];
  /** Monotonic ms of the first time that the client found no seat for sale. */
  givesUpAtMs: number | undefined;
  /**
   * How many times the client has requested seats, over all admissions. The idempotency key of each
   * such request contains this number.
   */
  reserveCount: number;
  boughtSeatIds: readonly number[];
  soldMs: number | undefined;
}

/** Waits for a random think time. */
export function think(session: Session): Promise<void> {
  return session.calls.pause(exponential(session.plan.random, session.environment.thinkMs));
}

/**
 * Handles a refused queue token, after which the client joins the queue again.
 * @throws BuyerEnded for any other refusal, because the session sends only valid requests
 */
export function lostAdmission(step: string, refusal: Refusal): "lost-admission" {
  if (refusal.code.startsWith("QUEUE_")) return "lost-admission";
  throw new BuyerEnded("failed", `${step}: refused with ${refusal.code}`);
}
