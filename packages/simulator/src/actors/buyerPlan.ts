import { type ArrivalKind, arrivalTimes } from "../arrivals/arrivalTimes.ts";
import { chance, type RandomStreams, type SeededRandom, weighted } from "../chance/seededRandom.ts";

/** What a buyer who loses interest does with the seats in hand. */
export type Abandonment = "cancels" | "lets-expire";

/**
 * How a buyer repeats a request under the same Idempotency-Key: at the same moment, or afterwards.
 */
export type Repetition = "together" | "after";

/** Everything about a buyer that the seed decides before the rush begins. */
export interface BuyerPlan {
  readonly index: number;
  readonly userId: number;
  /** Intended start, ms after the sale opens. */
  readonly arriveAtMs: number;
  readonly partySize: number;
  readonly abandons: Abandonment | undefined;
  readonly repeats: Repetition | undefined;
  /**
   * Tops up as soon as seats are in hand; others learn from the refused payment that they are
   * short.
   */
  readonly chargesFirst: boolean;
  /** Keeps looking for seats that come back, this long after finding none; 0 leaves at once. */
  readonly patienceMs: number;
  /** Draws think times and seat choices; nobody else draws from it. */
  readonly random: SeededRandom;
}

export interface ClientPlanOptions {
  readonly streams: RandomStreams;
  readonly buyers: number;
  readonly firstUserId: number;
  readonly arrival: ArrivalKind;
  readonly durationMs: number;
  /** Share of each party size. */
  readonly partySizes: ReadonlyMap<number, number>;
  readonly abandonShare: number;
  readonly retryShare: number;
  readonly chargeShare: number;
  /** The longest that anybody keeps looking for returned seats, ms. */
  readonly patienceMs: number;
}

/** One in two lets the hold run out instead of cancelling: both ways back to sale are walked. */
const LETS_EXPIRE_SHARE = 0.5;
/** One in two repetitions is sent while the first is still under way. */
const TOGETHER_SHARE = 0.5;
/** Three in ten wait for seats to come back, so that seats that do are not left over. */
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
