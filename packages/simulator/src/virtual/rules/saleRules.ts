import { below, between, chance, type RandomStreams } from "../../chance/seededRandom.ts";
import { type HallSeat, layOutHall } from "../../rush/layOutHall.ts";

/*
 * The rules of a virtual sale
 *
 * A share of the seeds plays sales with the rules that a plain rush does not need: a limit of a
 * buyer's seats, free and accessible seats, a sale window, seats that the box office keeps back,
 * holds that are extended, and reservations that give back a part. `habits.ts` says what its buyers
 * do, `boxOffice.ts` what its operators do, and `ruleChecker.ts` what must hold.
 *
 * All of it is drawn from streams of its own, so the other seeds take the course that they would
 * take without rules.
 */

/** Something that begins during the sale and ends after some time, ms. */
export interface Period {
  readonly atMs: number;
  readonly lastsMs: number;
}

/** The rules of one virtual sale. */
export interface SaleRules {
  /** How many seats of the performance a buyer may have, unpaid and paid together. */
  readonly seatsPerBuyerMax: number;
  /** Number of seats, from the last on, whose price is 0. */
  readonly freeSeats: number;
  /** Whether the second seat is for guests who need an accessible one. */
  readonly hasAccessibleSeat: boolean;
  /** How long after the first arrivals the sale begins, ms; 0 when it is open before. */
  readonly opensAfterMs: number;
  /** When an operator closes the sale, and opens it again. */
  readonly closure: Period | undefined;
  /** When the box office keeps seats back, and returns them to the sale. */
  readonly blocks: readonly (Period & { readonly seatCount: number })[];
  /** The share of the holds of several seats that give back a part. */
  readonly partShare: number;
}

/** Share of the seeds with rules. */
const RULES_SHARE = 0.35;
const BLOCKS_MAX = 3;

/** Draws the rules of a sale; undefined for a plain sale. */
export function saleRulesOf(streams: RandomStreams): SaleRules | undefined {
  const random = streams("rules of the sale");
  if (!chance(random, RULES_SHARE)) return undefined;
  const seatsPerBuyerMax = chance(random, 0.6) ? 2 : 3;
  const freeSeats = below(random, 3);
  const hasAccessibleSeat = chance(random, 0.6);
  const opensAfterMs = chance(random, 0.3) ? between(random, 200, 1_500) : 0;
  const isClosed = chance(random, 0.5);
  const closure = { atMs: between(random, 500, 6_000), lastsMs: between(random, 400, 2_500) };
  const blocks = Array.from({ length: below(random, BLOCKS_MAX + 1) }, () => ({
    atMs: between(random, 0, 9_000),
    lastsMs: between(random, 300, 4_000),
    seatCount: 1 + below(random, 2),
  }));
  const partShare = between(random, 0.5, 1);
  return {
    ...{ seatsPerBuyerMax, freeSeats, hasAccessibleSeat, opensAfterMs, blocks, partShare },
    closure: isClosed ? closure : undefined,
  };
}

/** Parties are larger than in a plain sale, so that more purchases can give back a part. */
export const RULE_PARTIES: ReadonlyMap<number, number> = new Map([
  [1, 0.25],
  [2, 0.5],
  [3, 0.25],
]);

/** The index of the accessible seat: a popular one, which other buyers ask for too. */
const ACCESSIBLE_AT = 1;

/** The seats of a sale with rules. */
export function hallOf(rules: SaleRules, seats: number): readonly HallSeat[] {
  const firstFree = seats - rules.freeSeats;
  return layOutHall(seats).map((seat, at) => ({
    ...seat,
    price: at >= firstFree ? 0 : seat.price,
    accessible: rules.hasAccessibleSeat && at === ACCESSIBLE_AT,
  }));
}
