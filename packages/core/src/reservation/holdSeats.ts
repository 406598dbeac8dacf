import assert from "node:assert/strict";
import { z } from "zod";
import { type IdempotencyInput, type Once, onceOnly } from "../idempotency/onceOnly.ts";
import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { TakenSeat } from "../ports/seatStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { WrongQueueError } from "../queue/errors.ts";
import {
  PerformanceStartedError,
  SeatAlreadyHeldError,
  SeatAlreadySoldError,
  SeatContendedError,
  SeatCountError,
  SeatNotFoundError,
  SeatsOfSeveralPerformancesError,
} from "./errors.ts";
import { expireHold } from "./expireHold.ts";
import { requireAllowance } from "./requireAllowance.ts";
import { reservationEvent } from "./reservationEvent.ts";

export interface HoldSeatsInput {
  readonly userId: number;
  readonly seatIds: readonly number[];
  /** The waiting room that admitted the buyer; a hold is possible only behind it. */
  readonly queueId: string;
  readonly idempotency?: IdempotencyInput | undefined;
}

export const heldReservationSchema = z.object({
  reservationId: z.number(),
  status: z.literal("PENDING"),
  performanceId: z.number(),
  seats: z.array(z.object({ seatId: z.number(), seatNo: z.string(), price: z.number() })),
  /** Sum of the seats' prices, in points. */
  amount: z.number(),
  /** ISO 8601, UTC. */
  expiresAt: z.string(),
});

/** What the buyer is told of a fresh hold. */
export type HeldReservation = z.infer<typeof heldReservationSchema>;

/**
 * Holds 1 to `SEATS_PER_RESERVATION_MAX` seats of one performance, all or none. The seat lock sheds
 * the crowd; one conditional statement decides.
 * @throws SeatCountError, SeatNotFoundError, SeatsOfSeveralPerformancesError, SeatContendedError,
 *   SeatAlreadyHeldError, SeatAlreadySoldError, SeatLimitReachedError, WrongQueueError,
 *   PerformanceStartedError
 */
export async function holdSeats(
  core: CoreContext,
  input: HoldSeatsInput,
): Promise<Once<HeldReservation>> {
  const seatIds = sortedSeatIds(input.seatIds, core.config.hold.seatsMax);
  const lock = await core.seatLock.tryAcquire(seatIds);
  if (!lock) {
    core.metrics.count("holds_total", { outcome: "contended" });
    throw new SeatContendedError(seatIds);
  }
  try {
    const reservationId = await core.idAllocator.next("reservation");
    const held = await core.withTransaction((tx) =>
      onceOnly(
        core,
        tx,
        {
          userId: input.userId,
          operation: "reserve",
          idempotency: input.idempotency,
          body: { seatIds },
          answer: heldReservationSchema,
        },
        () => takeSeats(core, tx, { ...input, seatIds, reservationId }),
      ),
    );
    core.metrics.count("holds_total", { outcome: held.replayed ? "replayed" : "held" });
    return held;
  } finally {
    await lock.release();
  }
}

function sortedSeatIds(seatIds: readonly number[], seatsMax: number): number[] {
  const sorted = [...new Set(seatIds)].sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length !== seatIds.length || sorted.length > seatsMax) {
    throw new SeatCountError(seatsMax, seatIds.length);
  }
  return sorted;
}

async function takeSeats(
  core: CoreContext,
  tx: Tx,
  hold: HoldSeatsInput & { reservationId: number },
): Promise<HeldReservation> {
  const { seatIds, reservationId, userId, queueId } = hold;
  const count = await core.seats.hold(tx, seatIds, reservationId, core.config.hold.ttlMs);
  if (count !== seatIds.length) throw await refusalOf(core, tx, seatIds, reservationId);
  const taken = await core.seats.taken(tx, seatIds);
  const { performanceId, expiresAt } = requireOneSale(core, taken, queueId);
  for (const overdueId of supersededBy(taken)) await expireHold(core, tx, overdueId);
  await requireAllowance(core, tx, { userId, performanceId, seatCount: taken.length });
  const amount = taken.reduce((sum, seat) => sum + seat.price, 0);
  await core.reservations.insert(tx, {
    id: reservationId,
    userId,
    performanceId,
    amount,
    expiresAt,
    seats: taken.map(({ id, price, version }) => ({ seatId: id, price, seatVersion: version })),
  });
  const facts = { reservationId, userId, performanceId, amount, seatIds: [...seatIds] };
  await appendMessages(core, tx, [reservationEvent("reservation.held", 1, facts)]);
  return {
    reservationId,
    status: "PENDING",
    performanceId,
    seats: taken.map(({ id, seatNo, price }) => ({ seatId: id, seatNo, price })),
    amount,
    expiresAt: expiresAt.toISOString(),
  };
}

function requireOneSale(
  core: CoreContext,
  taken: readonly TakenSeat[],
  queueId: string,
): { performanceId: number; expiresAt: Date } {
  const [first] = taken;
  assert(first, "a hold takes at least one seat");
  const { performanceId, performanceStartsAt, holdExpiresAt } = first;
  if (taken.some((seat) => seat.performanceId !== performanceId)) {
    throw new SeatsOfSeveralPerformancesError(taken.map((seat) => seat.id));
  }
  if (first.queueId !== queueId) throw new WrongQueueError(first.queueId);
  if (performanceStartsAt.getTime() <= core.clock.nowMs()) {
    throw new PerformanceStartedError(performanceId);
  }
  return { performanceId, expiresAt: holdExpiresAt };
}

function supersededBy(taken: readonly TakenSeat[]): number[] {
  const ids = taken.map((seat) => seat.supersededReservationId).filter((id) => id !== undefined);
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** Looks, in the same transaction, why the statement did not count every seat. */
async function refusalOf(
  core: CoreContext,
  tx: Tx,
  seatIds: readonly number[],
  reservationId: number,
): Promise<Error> {
  const seats = await core.seats.find(tx, seatIds);
  const known = new Set(seats.map((seat) => seat.id));
  const unknown = seatIds.filter((id) => !known.has(id));
  core.metrics.count("holds_total", { outcome: "refused" });
  if (unknown.length > 0) return new SeatNotFoundError(unknown);
  const idsOf = (status: string): number[] =>
    seats
      .filter((seat) => seat.status === status && seat.reservationId !== reservationId)
      .map((seat) => seat.id);
  const sold = idsOf("SOLD");
  if (sold.length > 0) return new SeatAlreadySoldError(sold);
  const held = idsOf("HELD");
  // Empty when the other hold ended between the two statements: it still was there when we asked.
  return new SeatAlreadyHeldError(held.length > 0 ? held : seatIds);
}
