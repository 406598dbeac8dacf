import type { CoreContext } from "../ports/coreContext.ts";
import type { ComparedSale, IdRange, ReservationSale } from "../ports/salesStore.ts";
import { isSameSale, SALES_PROJECTION, saleOf } from "./salesProjection.ts";

/** Reservations that are read at a time: their rows fit easily into memory. */
const PAGE_MAX = 1_000;
/** Maximum number of differences that a report names. It counts all of them. */
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
  /** The performances whose figures are not the sum of their reservations. */
  readonly sums: readonly ComparedSale[];
}

export interface CheckSalesOptions {
  /** Compares only about this many reservations with the highest ids; default: all. */
  readonly newest?: number;
  /** The share of the time that the check may use, more than 0; default 1. */
  readonly share?: number;
}

type Core = Pick<CoreContext, "sales" | "clock">;

/** Tests whether the projection has drifted: no message that is on its way can correct it. */
export const hasDrifted = ({ wrongCount, sums }: SalesReport): boolean =>
  wrongCount > 0 || sums.length > 0;

/**
 * Compares the sales projection with the reservations, and its figures with their sum. A
 * reservation whose message is still on its way counts as behind, not as wrong. Reads only.
 * @throws DependencyUnavailableError when the database does not answer
 */
export async function checkSales(
  core: Core,
  { newest, share = 1 }: CheckSalesOptions = {},
): Promise<SalesReport> {
  const { sales, clock } = core;
  const wrong: WrongSale[] = [];
  let [compared, behind, wrongCount] = [0, 0, 0];
  const lastId = newest === undefined ? 0 : await sales.lastReservationId(null);
  let after = newest === undefined ? 0 : Math.max(0, lastId - newest);
  for (let hasMore = true; hasMore; ) {
    const startMs = clock.monotonicMs();
    const range = await sales.nextRange(null, after, PAGE_MAX);
    const page = await checkPage(core, range);
    compared += page.compared;
    behind += page.behind;
    wrongCount += page.wrong.length;
    wrong.push(...page.wrong.slice(0, NAMED_MAX - wrong.length));
    after = range.upTo;
    hasMore = !range.isLast;
    if (hasMore) await clock.sleep((clock.monotonicMs() - startMs) * (1 / share - 1));
  }
  return { compared, behind, wrongCount, wrong, sums: await sales.different(null) };
}

async function checkPage({ sales }: Core, range: IdRange) {
  // The counted figures are read first, so each reservation is at the counted version or later.
  const counted = byReservation(await sales.counted(null, range));
  const actual = byReservation((await sales.actual(null, range)).map(saleOf));
  const suspects = new Set([...counted.keys(), ...actual.keys()]).values();
  const different = [...suspects].filter((id) => !isCounted(counted.get(id), actual.get(id)));
  const late = different.filter((id) => isLate(counted.get(id), actual.get(id)));
  const found = await lostOnes({ sales }, range, late, actual);
  const lost = new Set(found);
  const wrong = different
    .filter((id) => lost.has(id) || !isLate(counted.get(id), actual.get(id)))
    .map((id) => ({ reservationId: id, counted: counted.get(id), actual: actual.get(id) }));
  return { compared: actual.size, behind: late.length - lost.size, wrong };
}

/**
 * Returns the late reservations that no message will correct. What is counted is read again after
 * the messages, because a message that was on its way may have been applied meanwhile.
 */
async function lostOnes(
  { sales }: Pick<Core, "sales">,
  range: IdRange,
  late: readonly number[],
  actual: ReadonlyMap<number, ReservationSale>,
): Promise<readonly number[]> {
  if (late.length === 0) return [];
  const messages = await sales.comingMessages(null, SALES_PROJECTION, late);
  const coming = new Set(
    messages.map(({ reservationId, version }) => `${reservationId} ${version}`),
  );
  const now = byReservation(await sales.counted(null, range));
  return late.filter((id) => {
    const version = actual.get(id)?.version ?? 0;
    return !coming.has(`${id} ${version}`) && (now.get(id)?.version ?? 0) < version;
  });
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

function isLate(counted: ReservationSale | undefined, actual: ReservationSale | undefined) {
  return actual !== undefined && (counted?.version ?? 0) < actual.version;
}
