import assert from "node:assert/strict";
import type {
  ConcertSummary,
  NewConcert,
  NewPerformance,
  NewSeat,
  PerformanceDetails,
} from "../ports/catalogStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { DEFAULT_QUEUE_ID, defaultSettings, QUEUE_ID } from "../queue/knownQueues.ts";
import { InvalidInputError } from "../shared/errors.ts";
import { requirePrice } from "../shared/points.ts";
import { isStorableTime, STORABLE_YEARS } from "../shared/storableTime.ts";
import { DEFAULT_TIME_ZONE, isStorableAtVenue, timeZoneMistake } from "../shared/venueTime.ts";
import { seatsPerBuyerSchema } from "./concertPlan.ts";
import { ConcertNotFoundError, TwinSeatsError } from "./errors.ts";
import { requireText } from "./requireText.ts";
import { SEATS_PER_PERFORMANCE_MAX } from "./seatPlan.ts";

/**
 * Creates a concert, and its queue when the queue does not exist.
 * @throws InvalidInputError when the title or the singer does not have 1 to 200 characters, or the
 *   queue id does not have 1 to 64 of the characters A-Z a-z 0-9 _ . -
 */
export async function createConcert(
  core: CoreContext,
  input: Omit<NewConcert, "queueId"> & { queueId?: string | undefined },
): Promise<ConcertSummary> {
  const { queueId = DEFAULT_QUEUE_ID } = input;
  const title = requireText("title", input.title);
  const singer = requireText("singer", input.singer);
  if (typeof queueId !== "string" || !QUEUE_ID.test(queueId)) {
    throw new InvalidInputError(
      "A queue id must have 1 to 64 of the characters A-Z a-z 0-9 _ . -",
      { queueId },
    );
  }
  return core.withTransaction(async (tx) => {
    await core.admissions.ensureQueue(tx, queueId, defaultSettings(core));
    const id = await core.catalog.insertConcert(tx, { title, singer, queueId });
    const concert = await core.catalog.findConcert(tx, id);
    assert(concert, "the concert was inserted in this transaction");
    return concert;
  });
}

export interface CreatePerformanceInput extends NewPerformance {
  readonly seats: readonly NewSeat[];
}

/**
 * Adds a performance with its seats. The seats are for sale immediately, or within the sale window.
 * @throws ConcertNotFoundError
 * @throws InvalidInputError when a time is not a Date in the years 1000 to 9999, the venue does not
 *   have 1 to 200 characters, the sale ends before it begins, the limit of a buyer's seats is not
 *   from 1 to 1000, or a seat breaks a rule
 * @throws TwinSeatsError when the database treats two seat numbers as equal
 */
export async function createPerformance(
  core: CoreContext,
  { concertId, seats: given, ...rest }: CreatePerformanceInput,
): Promise<{ performanceId: number; seatCount: number }> {
  requireId(concertId);
  const details = requireDetails(rest);
  const seats = requireSeats(given);
  return core.withTransaction(async (tx) => {
    if (!(await core.catalog.findConcert(tx, concertId))) throw new ConcertNotFoundError(concertId);
    const performanceId = await core.catalog.insertPerformance(tx, { concertId, ...details });
    await core.catalog.insertSeats(tx, performanceId, seats);
    return { performanceId, seatCount: seats.length };
  });
}

function requireId(concertId: number): void {
  if (!Number.isSafeInteger(concertId)) throw new ConcertNotFoundError(concertId);
}

/** @returns the details with their texts in composed form. @throws InvalidInputError */
export function requireDetails(details: PerformanceDetails): PerformanceDetails {
  const { startsAt, venue, saleOpensAt, saleClosesAt, seatsPerBuyerMax } = details;
  requireTime("startsAt", startsAt);
  const composed = { ...details, venue: requireText("venue", venue) };
  requireTimeZone(details);
  if (saleOpensAt !== undefined) requireTime("saleOpensAt", saleOpensAt);
  if (saleClosesAt !== undefined) requireTime("saleClosesAt", saleClosesAt);
  if (!seatsPerBuyerSchema.optional().safeParse(seatsPerBuyerMax).success) {
    throw new InvalidInputError("seatsPerBuyerMax must be a whole number from 1 to 1000", {
      seatsPerBuyerMax,
    });
  }
  if (saleOpensAt !== undefined && saleClosesAt !== undefined && saleClosesAt <= saleOpensAt) {
    throw new InvalidInputError("saleClosesAt must be after saleOpensAt", {
      saleOpensAt,
      saleClosesAt,
    });
  }
  return composed;
}

/** @throws InvalidInputError */
function requireTimeZone(details: PerformanceDetails): void {
  const { startsAt, timeZone = DEFAULT_TIME_ZONE } = details;
  const mistake = timeZoneMistake(timeZone);
  if (mistake !== undefined) throw new InvalidInputError(`timeZone: ${mistake}`, { timeZone });
  if (isStorableAtVenue(startsAt, timeZone)) return;
  throw new InvalidInputError(`startsAt must be in ${STORABLE_YEARS} at the venue`, { timeZone });
}

function requireTime(name: string, time: Date): void {
  if (isStorableTime(time)) return;
  const rule = `${name} must be a valid Date of ${STORABLE_YEARS}`;
  throw new InvalidInputError(rule, { given: String(time) });
}

/**
 * @returns the seats with their texts in composed form
 * @throws InvalidInputError, TwinSeatsError
 */
export function requireSeats(seats: readonly NewSeat[]): readonly NewSeat[] {
  if (seats.length === 0 || seats.length > SEATS_PER_PERFORMANCE_MAX) {
    throw new InvalidInputError(`A performance must have 1 to ${SEATS_PER_PERFORMANCE_MAX} seats`, {
      given: seats.length,
    });
  }
  const composed = seats.map((seat) => ({
    seatNo: requireText("seatNo", seat.seatNo),
    section: requireText("section", seat.section),
    row: seat.row === undefined ? undefined : requireText("row", seat.row),
    price: requirePrice(seat.price),
    accessible: seat.accessible === true,
  }));
  // This check finds equal texts. Seat numbers that are equal only by the database's collation
  // violate the unique key later.
  if (new Set(composed.map((seat) => seat.seatNo)).size !== seats.length) {
    throw new TwinSeatsError();
  }
  return composed;
}
