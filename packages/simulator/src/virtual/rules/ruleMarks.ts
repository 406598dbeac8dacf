/**
 * The marks of the rules: what at least one sale of an exploration must have played. A rule that no
 * seed plays is not checked, however many seeds pass.
 */
export const RULE_MARKS = {
  "hold extended": "a buyer extended a hold",
  "extension refused": "a hold had reached the latest end of all extensions",
  "paid after extension": "a hold was paid after its first end",
  "limit of a buyer": "a hold beyond the limit of a buyer's seats was refused",
  "free seats paid": "a hold of free seats was paid",
  "free seats refunded": "a payment of 0 points was refunded",
  "seat kept back": "a hold of a seat that the box office keeps back was refused",
  "seat returned": "the box office returned a seat to the sale",
  "accessible seat held": "a guest who needs an accessible seat held one",
  "accessible seat refused": "another buyer was refused an accessible seat",
  "sale not open": "a hold before the sale was refused",
  "sale closed": "a hold after the end of the sale was refused",
  "part of a hold": "an operator gave back some seats of a hold",
  "part of a payment": "an operator refunded some seats of a payment",
  "rest of a payment": "a payment was refunded after a part of it",
  "price changed": "a payment or an end named a price that was no longer true",
  "left place asked": "the token of a left place was refused",
  "left place lost": "the token of a left place was refused after a loss of Redis",
  "hold without a key": "a repetition without a key got the same hold",
  "payment without a key": "a repetition without a key got the same payment",
} as const;

export type RuleMark = keyof typeof RULE_MARKS;

/** How often sales reached each mark; a mark that is not there was not reached. */
export type MarkCounts = Readonly<Partial<Record<RuleMark, number>>>;

/**
 * Of so many seeds of the default sale, at least one reaches each mark: the rarest ones are reached
 * once in about 50 seeds.
 */
export const SEEDS_OF_ALL_MARKS = 1_000;

export const noMarks: MarkCounts = {};

/** Adds the counts of two runs. */
export function addMarks(one: MarkCounts, other: MarkCounts): MarkCounts {
  const sum: Partial<Record<RuleMark, number>> = { ...one };
  for (const mark of ruleMarks) {
    const count = (one[mark] ?? 0) + (other[mark] ?? 0);
    if (count > 0) sum[mark] = count;
  }
  return sum;
}

/** The marks that were never reached. */
export function missingMarks(counts: MarkCounts): readonly RuleMark[] {
  return ruleMarks.filter((mark) => counts[mark] === undefined);
}

const isMark = (name: string): name is RuleMark => name in RULE_MARKS;
const ruleMarks: readonly RuleMark[] = Object.keys(RULE_MARKS).filter(isMark);

/** Counts the marks of one run. */
export class MarkLog {
  readonly #counts: Partial<Record<RuleMark, number>> = {};

  reach(mark: RuleMark): void {
    this.#counts[mark] = (this.#counts[mark] ?? 0) + 1;
  }

  get counts(): MarkCounts {
    return { ...this.#counts };
  }
}
