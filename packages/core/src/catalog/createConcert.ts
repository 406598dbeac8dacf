import assert from "node:assert/strict";
import type { ConcertSummary, NewConcert, NewSeat } from "../ports/catalogStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { DEFAULT_QUEUE_ID, defaultSettings, QUEUE_ID } from "../queue/knownQueues.ts";
import { InvalidInputError } from "../shared/errors.ts";
import { requireAmount } from "../shared/points.ts";
import { ConcertNotFoundError } from "./errors.ts";

/** The largest stadium has about 130,000 seats. */
const SEATS_PER_PERFORMANCE_MAX = 200_000;

/**
 * Announces a concert and sees to its waiting room.
 * @throws InvalidInputError for a queue id other than 1 to 64 of A-Z a-z 0-9 _ . -
 */
export function createConcert(
  core: CoreContext,
  input: Omit<NewConcert, "queueId"> & { queueId?: string | undefined },
): Promise<ConcertSummary> {
  const { title, singer, queueId = DEFAULT_QUEUE_ID } = input;
  if (!QUEUE_ID.test(queueId)) {
    throw new InvalidInputError("A queue id is 1 to 64 of A-Z a-z 0-9 _ . -", { queueId });
  }
  return core.withTransaction(async (tx) => {
    await core.admissions.ensureQueue(tx, queueId, defaultSettings(core));
    const id = await core.catalog.insertConcert(tx, { title, singer, queueId });
    const concert = await core.catalog.findConcert(tx, id);
    assert(concert, "the concert was inserted in this transaction");
    return concert;
  });
}

export interface CreatePerformanceInput {
  readonly concertId: number;
  readonly startsAt: Date;
  readonly venue: string;
  readonly seats: readonly NewSeat[];
}

/**
 * Adds a dated show with its seats; they are for sale at once.
 * @throws ConcertNotFoundError, InvalidInputError
 */
export async function createPerformance(
  core: CoreContext,
  { concertId, startsAt, venue, seats }: CreatePerformanceInput,
): Promise<{ performanceId: number; seatCount: number }> {
  requireSeats(seats);
  return core.withTransaction(async (tx) => {
    if (!(await core.catalog.findConcert(tx, concertId))) throw new ConcertNotFoundError(concertId);
    const performanceId = await core.catalog.insertPerformance(tx, { concertId, startsAt, venue });
    await core.catalog.insertSeats(tx, performanceId, seats);
    return { performanceId, seatCount: seats.length };
  });
}

function requireSeats(seats: readonly NewSeat[]): void {
  if (seats.length === 0 || seats.length > SEATS_PER_PERFORMANCE_MAX) {
    throw new InvalidInputError(`A performance has 1 to ${SEATS_PER_PERFORMANCE_MAX} seats`, {
      given: seats.length,
    });
  }
  for (const seat of seats) requireAmount(seat.price);
  if (new Set(seats.map((seat) => seat.seatNo)).size !== seats.length) {
    throw new InvalidInputError("Two seats of one performance have the same number");
  }
}
