import type { CoreContext } from "../ports/coreContext.ts";
import type { ComparedSale, IdRange, ReservationSale } from "../ports/salesStore.ts";
import { type IsLost, lostMessages, stillComing } from "./lostMessages.ts";
import { isSameSale, saleOf } from "./salesProjection.ts";

/** Reservations that are read at a time: their rows fit easily into memory. */
const PAGE_MAX = 1_000;
/** Performances whose sums are compared at a time. */
const SUMS_PAGE_MAX = 100;
/** Maximum number of differences of each kind that a report names. It counts all of them. */
const NAMED_MAX = 20;

/** A reservation that the projection counts wrongly. */
export interface WrongSale {
  readonly reservationId: number;
  /** The counted figures; undefined for none. */
  readonly counted: ReservationSale | undefined;
  /** The right figures; undefined when it does not exist. */
  readonly actual: ReservationSale | undefined;
}

/** How the projection differs from the reservations. */
export interface SalesReport {
  /** Number of reservations that were compared. */
  readonly compared: number;
  /** Number of reservations whose messages are still on their way. */
  readonly behind: number;
  /** Number of reservations that are counted wrongly. */
  readonly wrongCount: number;
  /** Some of them. */
  readonly wrong: readonly WrongSale[];
  /** Number of performances whose figures are not the sum of their reservations. */
  readonly wrongSumCount: number;
  /** Some of them. */
  readonly sums: readonly ComparedSale[];
}

export interface CheckSalesOptions {
  /** Compares only about this many reservations with the highest ids; default: all. */
  readonly newest?: number;
  /** The share of the time that the check may use, more than 0; default 1. */
  readonly share?: number;
}

type Core = Pick<CoreContext, "config" | "consumerLag" | "sales" | "clock">;

/** Tests whether the projection has drifted: no message that is on its way can correct it. */
export const hasDrifted = ({ wrongCount, wrongSumCount }: SalesReport): boolean =>
  wrongCount > 0 || wrongSumCount > 0;

/**
 * Compares the sales projection with the reservations, and its figures with their sum. A
 * reservation whose message is still on its way counts as behind, not as wrong. Reads only.
 * @throws DependencyUnavailableError when the database does not answer
 */
export async function checkSales(
  core: Core,
  { newest, share = 1 }: CheckSalesOptions = {},
): Promise<SalesReport> {
  const { sales } = core;
  const isLost = lostMessages(core);
  const wrong: WrongSale[] = [];
  let [compared, behind, wrongCount] = [0, 0, 0];
  const lastId = newest === undefined ? 0 : await sales.lastReservationId(null);
  let after = newest === undefined ? 0 : Math.max(0, lastId - newest);
  await inPages(core, share, async () => {
    const range = await sales.nextRange(null, after, PAGE_MAX);
    const page = await checkPage(core, isLost, range);
    compared += page.compared;
    behind += page.behind;
    wrongCount += page.wrong.length;
    wrong.push(...page.wrong.slice(0, NAMED_MAX - wrong.length));
    after = range.upTo;
    return !range.isLast;
  });
  return { compared, behind, wrongCount, wrong, ...(await checkSums(core, share)) };
}

/** Compares the figures of all performances with the sums of their reservations. */
async function checkSums(
  core: Core,
  share: number,
): Promise<Pick<SalesReport, "wrongSumCount" | "sums">> {
  const { sales } = core;
  const sums: ComparedSale[] = [];
  let [wrongSumCount, after] = [0, 0];
  await inPages(core, share, async () => {
    const upTo = (await sales.nextPerformanceIds(null, after, SUMS_PAGE_MAX)).at(-1);
    if (upTo === undefined) return false;
    const different = await sales.different(null, { after, upTo });
    wrongSumCount += different.length;
    sums.push(...different.slice(0, NAMED_MAX - sums.length));
    after = upTo;
    return true;
  });
  return { wrongSumCount, sums };
}

/** Calls `next` until it answers that there is no more, and pauses for the rest of the share. */
async function inPages(
  { clock }: Core,
  share: number,
  next: () => Promise<boolean>,
): Promise<void> {
  for (let hasMore = true; hasMore; ) {
    const startMs = clock.monotonicMs();
    hasMore = await next();
    if (hasMore) await clock.sleep((clock.monotonicMs() - startMs) * (1 / share - 1));
  }
}

async function checkPage(core: Core, isLost: IsLost, range: IdRange) {
  const { sales } = core;
  // The counted figures are read first, so each reservation is at the counted version or later.
  const counted = byReservation(await sales.counted(null, range));
  const actual = byReservation((await sales.actual(null, range)).map(saleOf));
  const suspects = new Set([...counted.keys(), ...actual.keys()]).values();
  const different = [...suspects].filter((id) => !isCounted(counted.get(id), actual.get(id)));
  const late = byReservation(
    different.flatMap((id) => {
      const now = actual.get(id);
      return now && (counted.get(id)?.version ?? 0) < now.version ? [now] : [];
    }),
  );
  const lost = new Set(await lostOnes(core, isLost, range, late));
  const wrong = different
    .filter((id) => lost.has(id) || !late.has(id))
    .map((id) => ({ reservationId: id, counted: counted.get(id), actual: actual.get(id) }));
  return { compared: actual.size, behind: late.size - lost.size, wrong };
}

/**
 * Returns the late reservations that no message will correct. What is counted is read again after
 * the messages, because a message that was on its way may have been applied meanwhile.
 */
async function lostOnes(
  core: Core,
  isLost: IsLost,
  range: IdRange,
  late: ReadonlyMap<number, ReservationSale>,
): Promise<readonly number[]> {
  if (late.size === 0) return [];
  const coming = await stillComing(core, isLost, late);
  const now = byReservation(await core.sales.counted(null, range));
  return [...late.values()]
    .filter(({ reservationId: id, version }) => {
      return !coming.has(id) && (now.get(id)?.version ?? 0) < version;
    })
    .map(({ reservationId }) => reservationId);
}

function byReservation(sales: readonly ReservationSale[]): ReadonlyMap<number, ReservationSale> {
  return new Map(sales.map((sale) => [sale.reservationId, sale]));
}

/** Tests whether the projection counts exactly this. */
export function isCounted(
  counted: ReservationSale | undefined,
  actual: ReservationSale | undefined,
): boolean {
  if (!counted || !actual) return counted === actual;
  return (
    counted.version === actual.version &&
    counted.performanceId === actual.performanceId &&
    isSameSale(counted, actual)
  );
}
