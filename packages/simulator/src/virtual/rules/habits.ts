import { below, between, chance, type RandomStreams } from "../../chance/seededRandom.ts";

/** The end of a second hold. */
export type SecondHoldEnd = "pays" | "cancels" | "lets-expire";

/** The things that a buyer of a sale with rules does beside the session. */
export interface BuyerHabits {
  /** Sends holds and payments without an idempotency key. */
  readonly isKeyless: boolean;
  /** Needs an accessible seat, and so sees and holds such seats too. */
  readonly isGuest: boolean;
  /** Extends each hold after these times, ms. */
  readonly extendsAfterMs: readonly number[];
  /** Thinks so long before the first payment of a hold, ms. */
  readonly paysAfterMs: number;
  /** Asks for more seats, whatever the list says about them: with the first hold, or after it. */
  readonly second:
    | {
        readonly seatCount: number;
        readonly isTogether: boolean;
        readonly afterMs: number;
        readonly end: SecondHoldEnd;
      }
    | undefined;
  /** Polls with the token of a left place after these times, ms, as from an open tab. */
  readonly pollsLeftAfterMs: readonly number[];
}

/** More than a hold can have, when each of them comes late. */
const EXTENSIONS_MAX = 5;
/** Pause before the next extension, ms: mostly shorter than a hold, now and then longer. */
const EXTENDED_WITHIN_MS = 3_600;
const POLLS_MAX = 3;
const ENDS: readonly SecondHoldEnd[] = ["pays", "cancels", "lets-expire"];

/** Draws the habits of a buyer. */
export function habitsOf(streams: RandomStreams, buyer: string): BuyerHabits {
  const random = streams(`habits of ${buyer}`);
  const isKeyless = chance(random, 0.4);
  const isGuest = chance(random, 0.3);
  const extensions = chance(random, 0.4) ? 1 + below(random, EXTENSIONS_MAX) : 0;
  let extendedMs = 0;
  const extendsAfterMs = Array.from({ length: extensions }, () => {
    extendedMs += between(random, 0, EXTENDED_WITHIN_MS);
    return extendedMs;
  });
  const paysAfterMs = chance(random, 0.4) ? between(random, 0, 6_000) : 0;
  const asksAgain = chance(random, 0.6);
  const second = {
    seatCount: 1 + below(random, 2),
    isTogether: chance(random, 0.7),
    afterMs: between(random, 0, 1_500),
    end: ENDS[below(random, ENDS.length)] ?? "cancels",
  };
  const polls = chance(random, 0.5) ? 1 + below(random, POLLS_MAX) : 0;
  const pollsLeftAfterMs = Array.from({ length: polls }, () => between(random, 0, 10_000));
  return {
    ...{ isKeyless, isGuest, extendsAfterMs, paysAfterMs, pollsLeftAfterMs },
    second: asksAgain ? second : undefined,
  };
}
