import { type ArrivalKind, arrivalTimes } from "../arrivals/arrivalTimes.ts";
import { chance, type RandomStreams, type SeededRandom, weighted } from "../chance/seededRandom.ts";

/** How a buyer who loses interest ends the hold: with a request, or by letting it expire. */
export type Abandonment = "cancels" | "lets-expire";

/**
 * When a client repeats a request under the same Idempotency-Key: together with the first request,
 * or after its answer.
 */
export type Repetition = "together" | "after";

/** All decisions about a buyer that the seed makes before the rush begins. */
export interface BuyerPlan {
  readonly index: number;
  readonly userId: number;
  /** Intended start, ms after the sale opens. */
  readonly arriveAtMs: number;
  readonly partySize: number;
  readonly abandons: Abandonment | undefined;
  readonly repeats: Repetition | undefined;
  /**
   * Charges points as soon as the buyer holds seats. Other buyers charge points only after a
   * payment is refused.
   */
  readonly chargesFirst: boolean;
  /**
   * How long the buyer looks for returned seats after finding no free seat, ms; 0 means that the
   * buyer leaves immediately.
   */
  readonly patienceMs: number;
  /** A random stream that only this buyer uses, for think times and seat choices. */
  readonly random: SeededRandom;
}

export interface ClientPlanOptions {
  readonly streams: RandomStreams;
  readonly buyers: number;
  readonly firstUserId: number;
  readonly arrival: ArrivalKind;
  readonly durationMs: number;
  /** The share of buyers with each party size. */
  readonly partySizes: ReadonlyMap<number, number>;
  readonly abandonShare: number;
  readonly retryShare: number;
  readonly chargeShare: number;
  /** The longest time that a buyer looks for returned seats, ms. */
  readonly patienceMs: number;
}

/** Half of these buyers let the hold expire instead of cancelling, so a run tests both cases. */
const LETS_EXPIRE_SHARE = 0.5;
/** Half of the repeated requests are sent before the first request is answered. */
const TOGETHER_SHARE = 0.5;
/** Three in ten buyers wait for returned seats, so that a run also sells these seats. */
const PATIENT_SHARE = 0.3;

/** The plans of all simulated clients. One seed gives the same plans, whatever the servers do. */
export function planClients(options: ClientPlanOptions): readonly BuyerPlan[] {
  const { arrival, buyers, durationMs, streams } = options;
  const times = arrivalTimes(arrival, buyers, durationMs, streams("arrivals"));
  return times.map((arriveAtMs, index) =>
    planBuyer(options, index, arriveAtMs, streams(`plan of buyer ${index}`)),
  );
}

function planBuyer(
  options: ClientPlanOptions,
  index: number,
  arriveAtMs: number,
  random: SeededRandom,
): BuyerPlan {
  const partySize = weighted(random, options.partySizes);
  const abandons = chance(random, options.abandonShare);
  const letsExpire = chance(random, LETS_EXPIRE_SHARE);
  const repeats = chance(random, options.retryShare);
  const together = chance(random, TOGETHER_SHARE);
  const chargesFirst = chance(random, options.chargeShare);
  const patient = chance(random, PATIENT_SHARE);
  const patienceMs = random.next() * options.patienceMs;
  return {
    index,
    userId: options.firstUserId + index,
    arriveAtMs,
    partySize,
    abandons: abandons ? (letsExpire ? "lets-expire" : "cancels") : undefined,
    repeats: repeats ? (together ? "together" : "after") : undefined,
    chargesFirst,
    patienceMs: patient ? patienceMs : 0,
    random,
  };
}
