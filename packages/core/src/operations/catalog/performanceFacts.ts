import type { NewPerformancePlan } from "../../catalog/concertPlan.ts";
import {
  ConcertNotFoundError,
  PerformanceInPastError,
  PerformanceNotFoundError,
} from "../../catalog/errors.ts";
import { seatCountOf } from "../../catalog/seatPlan.ts";
import type { ConcertSummary, PerformancePlace } from "../../ports/catalogStore.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { TxOrNone } from "../../ports/transaction.ts";
import { utcOffsetMinutesAt, venueTime } from "../../shared/venueTime.ts";
import type { Verification } from "../operation.ts";

/** @throws PerformanceInPastError */
export function requireFuture({ clock }: Pick<CoreContext, "clock">, startsAt: string): void {
  if (Date.parse(startsAt) <= clock.nowMs()) throw new PerformanceInPastError(startsAt);
}

/** Describes a planned performance in one line, and counts its seats. */
export function describePerformance(performance: NewPerformancePlan): {
  readonly text: string;
  readonly seats: number;
} {
  const { startsAt, venue, timeZone, sections, sale, seatsPerBuyerMax } = performance;
  const seats = seatCountOf(sections);
  const prices = sections.map(({ price }) => price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const price = low === high ? `${low}` : `${low} to ${high}`;
  const window =
    sale === undefined ? "" : `, sale ${sale.opensAt ?? "now"} to ${sale.closesAt ?? "no end"}`;
  const limit = seatsPerBuyerMax === undefined ? "" : `, at most ${seatsPerBuyerMax} per buyer`;
  const place = timeZone === undefined ? venue : `${venue} (${wallText(startsAt, timeZone)})`;
  const text = `${startsAt} ${place}: ${seats} seats at ${price} points${window}${limit}`;
  return { text, seats };
}

/** "2026-12-25 19:30:00-08:00 America/Los_Angeles" */
function wallText(startsAt: string, timeZone: string): string {
  const instant = new Date(startsAt);
  const utcOffsetMinutes = utcOffsetMinutesAt(timeZone, instant);
  const { date, time } = venueTime({ startsAt: instant, utcOffsetMinutes });
  return `${date} ${time} ${timeZone}`;
}

/** Reads whether the performances have their seats. */
export async function performanceClaims(
  core: CoreContext,
  concertId: number,
  expected: readonly { readonly performanceId: number; readonly seats: number }[],
): Promise<readonly Verification[]> {
  const claims: Verification[] = [];
  for (const { performanceId, seats } of expected) {
    const found = (await core.seats.ofPerformance(null, performanceId)).length;
    claims.push({
      claim: `performance ${performanceId} of concert ${concertId} has ${seats} seats`,
      holds: found === seats,
      read: `${found} seats`,
    });
  }
  return claims;
}

/** @throws ConcertNotFoundError */
export async function requireConcert(
  core: CoreContext,
  concertId: number,
): Promise<ConcertSummary> {
  const concert = await core.catalog.findConcert(null, concertId);
  if (!concert) throw new ConcertNotFoundError(concertId);
  return concert;
}

/** @throws PerformanceNotFoundError */
export async function requirePerformance(
  core: CoreContext,
  performanceId: number,
  tx: TxOrNone = null,
): Promise<PerformancePlace> {
  const performance = await core.catalog.findPerformance(tx, performanceId);
  if (!performance) throw new PerformanceNotFoundError(performanceId);
  return performance;
}

/** The details of a performance as JSON: times in ISO 8601, null for an open end. */
export function detailsOf(performance: PerformancePlace) {
  const { startsAt, venue, timeZone, utcOffsetMinutes } = performance;
  const { saleOpensAt, saleClosesAt, seatsPerBuyerMax } = performance;
  return {
    startsAt: startsAt.toISOString(),
    venue,
    timeZone,
    utcOffsetMinutes,
    saleOpensAt: saleOpensAt?.toISOString() ?? null,
    saleClosesAt: saleClosesAt?.toISOString() ?? null,
    seatsPerBuyerMax: seatsPerBuyerMax ?? null,
  };
}
