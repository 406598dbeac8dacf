import { exponential } from "../chance/seededRandom.ts";
import type { BuyerCalls, Refusal } from "./buyerCalls.ts";
import { BuyerEnded } from "./buyerEnded.ts";
import type { BuyerPlan } from "./buyerPlan.ts";
import type { RushWorld } from "./rushWorld.ts";

/** What a buyer carries from step to step. */
export interface Session {
  readonly plan: BuyerPlan;
  readonly world: RushWorld;
  readonly calls: BuyerCalls;
  readonly accessToken: string;
  /** The latest queue token. */
  queueToken: string;
  admittedMs: number | undefined;
  /** Monotonic ms; set when nothing is for sale for the first time. */
  givesUpAtMs: number | undefined;
  boughtSeatIds: readonly number[];
  soldMs: number | undefined;
}

/** A pause of a person, longer and shorter as they come. */
export function think(session: Session): Promise<void> {
  return session.calls.pause(exponential(session.plan.random, session.world.thinkMs));
}

/**
 * Says that a refusal at the queue's door means standing in line again.
 * @throws BuyerEnded for any other refusal: this way never asks for what the product must refuse
 */
export function lostAdmission(step: string, refusal: Refusal): "lost-admission" {
  if (refusal.code.startsWith("QUEUE_")) return "lost-admission";
  throw new BuyerEnded("failed", `${step}: refused with ${refusal.code}`);
}
