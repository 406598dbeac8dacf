import assert from "node:assert/strict";
import { z } from "zod";
import { type IdempotencyInput, type Once, onceOnly } from "../idempotency/onceOnly.ts";
import { appendMessages } from "../outbox/appendMessages.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { SeatLockLease } from "../ports/seatLock.ts";
import type { OfferedSeat, SeatStatus } from "../ports/seatStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { WrongQueueError } from "../queue/errors.ts";
import { answeredSeat, answeredSeatSchema } from "./answeredSeat.ts";
import {
  AccessibleSeatError,
  PerformanceStartedError,
  SaleClosedError,
  SaleNotOpenError,
  SeatAlreadyHeldError,
  SeatAlreadySoldError,
  SeatBlockedError,
  SeatContendedError,
  SeatCountError,
  SeatLimitReachedError,
  SeatNotFoundError,
  SeatsOfSeveralPerformancesError,
} from "./errors.ts";
import { expireHold } from "./expireHold.ts";
import { hasStarted } from "./hasStarted.ts";
import { requireAllowance } from "./requireAllowance.ts";
import { factsOf, reservationEvent } from "./reservationEvent.ts";
import { type ReservedShow, reservedShow, reservedShowSchema, showOf } from "./reservedShow.ts";

/*
 * The seat hold
 *
 * Problem: thousands of buyers want the same seats at the same moment. Each seat may go to one
 * buyer only, and a buyer who does not pay must not block a seat for long. So a buyer first holds
 * seats for `HOLD_TTL_MS`, and pays within this time.
 *
 * A seat is AVAILABLE, HELD or SOLD, or the box office keeps it BLOCKED. A reservation is PENDING,
 * then CONFIRMED (paid), CANCELLED or EXPIRED. For each seat the reservation has a row with a live
 * seat link and the seat's version; every new hold of a seat raises the version.
 *
 * The decision: a hold locks the rows of its seats that are AVAILABLE, or HELD past their expiry by
 * the database's clock, and skips rows that another transaction has locked. So only one transaction
 * gets a seat, and none waits for a seat. When a seat is missing, the hold is refused before it has
 * written, so that it stays in its group (groupRunner.ts). Then one conditional UPDATE takes the
 * seats. Its count must be the number of seats; otherwise the transaction rolls back, so a buyer
 * gets all seats or none. With a SEAT_LOCK of Redis, a lock refuses most of the losers before
 * they reach MySQL; it never decides. A request with an idempotency key starts its key first,
 * because a repetition must get its own answer and not the refusal of a rival: the first request,
 * or another buyer, may have the seat.
 *
 * The end of a hold: confirm, cancel and expire each change the reservation by a statement that
 * requires PENDING, so only the first of them succeeds. They change only seats that still have the
 * version of the hold. The reaper expires overdue holds; a buyer who takes over a seat of an
 * overdue hold expires that whole hold in the same transaction.
 *
 * Failures:
 * - Redis does not answer: requests go to MySQL without the seat lock. The sale is correct.
 * - A seat lock ends too early: two requests reach MySQL, and the row lock lets one of them win.
 * - The process dies or stalls before COMMIT: MySQL keeps its rows locked until the connection is
 *   lost, and rolls back. Until then, its seats are refused as contended.
 * - The connection breaks at COMMIT: the transaction runner looks the outcome up.
 * - The answer is lost after COMMIT: a repetition with the same idempotency key gets the stored
 *   answer. Without the key, the buyer's live hold of exactly these seats is the answer. In one
 *   process, the repetition waits for the first request (groupRunner.ts).
 * - The reaper stops: holds end when another buyer takes their seats. A payment of an overdue hold
 *   is refused all the same.
 *
 * Not promised: first come, first served among requests for one seat, and an exact end. An overdue
 * seat can stay HELD until the reaper or another buyer comes. A repetition without a key that runs
 * at the same time in another process can be refused as contended; it succeeds when sent again.
 */

export interface HoldSeatsInput {
  readonly userId: number;
  readonly seatIds: readonly number[];
  /** The queue that admitted the buyer. The seats must belong to concerts of this queue. */
  readonly queueId: string;
  /** True for guests who need accessible seats: only then such seats can be held. */
  readonly accessible?: boolean | undefined;
  readonly idempotency?: IdempotencyInput | undefined;
}

export const heldReservationSchema = z.object({
  reservationId: z.number(),
  status: z.literal("PENDING"),
  performanceId: z.number(),
  seats: z.array(answeredSeatSchema),
  /** Sum of the seats' prices, in points. */
  amount: z.number(),
  /** ISO 8601, UTC. */
  expiresAt: z.string(),
  /** Missing in answers that an earlier version of the program stored. */
  show: reservedShowSchema.optional(),
});

type StoredHold = z.infer<typeof heldReservationSchema>;

/** The answer to a buyer whose hold succeeded. */
export type HeldReservation = StoredHold & { readonly show: ReservedShow };

/**
 * Holds 1 to `SEATS_PER_RESERVATION_MAX` seats of one performance, all or none. A buyer who holds
 * exactly these seats gets this hold again, as a repeated answer.
 * @throws SeatCountError, SeatNotFoundError, SeatsOfSeveralPerformancesError, SeatContendedError,
 *   SeatAlreadyHeldError, SeatAlreadySoldError, SeatBlockedError, AccessibleSeatError,
 *   SeatLimitReachedError, WrongQueueError, PerformanceStartedError, SaleNotOpenError,
 *   SaleClosedError
 */
export async function holdSeats(
  core: CoreContext,
  input: HoldSeatsInput,
): Promise<Once<HeldReservation>> {
  const seatIds = sortedSeatIds(input.seatIds, core.config.hold.seatsMax);
  let lock: SeatLockLease | undefined;
  const lockSeats = async (): Promise<void> => {
    lock ??= await core.seatLock.tryAcquire(seatIds);
    if (!lock) throw new SeatContendedError(seatIds);
  };
  const { userId, accessible, idempotency } = input;
  const request = {
    ...({ userId, operation: "reserve", idempotency } as const),
    ...{ body: accessible ? { seatIds, accessible } : { seatIds }, answer: heldReservationSchema },
  };
  try {
    if (!idempotency) await lockSeats();
    const reservationId = await core.idAllocator.next("reservation");
    const held = await core.withTransaction(
      (tx) =>
        onceOnly(core, tx, request, async () => {
          await lockSeats();
          return takeSeats(core, tx, { ...input, seatIds, reservationId });
        }),
      { kind: "hold", userId },
    );
    core.metrics.count("holds_total", { outcome: held.replayed ? "replayed" : "held" });
    const { value, replayed } = held;
    const show = value.show ?? (await reservedShow(core, value.reservationId));
    return { value: { ...value, show }, replayed };
  } catch (error) {
    const own = await ownHold(core, error, { userId, seatIds, queueId: input.queueId });
    if (own) {
      core.metrics.count("holds_total", { outcome: "replayed" });
      return { value: own, replayed: true };
    }
    const outcome = refusedOutcomeOf(error);
    if (outcome) core.metrics.count("holds_total", { outcome });
    throw error;
  } finally {
    await lock?.release();
  }
}

/** Finds the buyer's live hold of exactly these seats, when the buyer's own hold was in the way. */
async function ownHold(
  core: CoreContext,
  error: unknown,
  { userId, seatIds, queueId }: HoldSeatsInput,
): Promise<HeldReservation | undefined> {
  if (!(error instanceof SeatAlreadyHeldError) || error.ownReservationId === undefined) {
    return undefined;
  }
  const own = await core.reservations.find(null, error.ownReservationId);
  if (own?.status !== "PENDING" || own.overdue) return undefined;
  if (own.userId !== userId || own.queueId !== queueId) return undefined;
  const hasSameSeats =
    own.seats.length === seatIds.length && own.seats.every((seat) => seatIds.includes(seat.seatId));
  if (!hasSameSeats) return undefined;
  const { id: reservationId, performanceId, seats, amount, expiresAt } = own;
  return {
    ...{ reservationId, status: "PENDING", performanceId, seats: seats.map(answeredSeat), amount },
    expiresAt: expiresAt.toISOString(),
    show: showOf(own),
  };
}

/** Counts a refusal once, however often the transaction ran. */
function refusedOutcomeOf(error: unknown): "contended" | "refused" | undefined {
  if (error instanceof SeatContendedError) return "contended";
  const isRefused =
    error instanceof SeatNotFoundError ||
    error instanceof SeatAlreadySoldError ||
    error instanceof SeatAlreadyHeldError ||
    error instanceof SeatBlockedError ||
    error instanceof AccessibleSeatError ||
    error instanceof SeatLimitReachedError;
  return isRefused ? "refused" : undefined;
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
  const { seatIds, reservationId, userId } = hold;
  const locked = await core.seats.lock(tx, seatIds);
  if (locked.length !== seatIds.length) throw await refusalOf(core, tx, hold);
  const offered = await core.seats.offered(tx, seatIds, core.config.hold.ttlMs);
  const { performanceId, expiresAt, seatsMax } = requireOneSale(core, offered, hold);
  const purchase = { userId, performanceId, seatsMax, seatCount: seatIds.length };
  const hasEndedHolds = await requireAllowance(core, tx, purchase);
  // A hold that ended may have had these seats, which then have other versions.
  const seats = hasEndedHolds
    ? await core.seats.offered(tx, seatIds, core.config.hold.ttlMs)
    : offered;
  const count = await core.seats.hold(tx, { seatIds, reservationId, expiresAt });
  if (count !== seatIds.length) throw await refusalOf(core, tx, hold);
  for (const overdueId of supersededBy(seats)) await expireHold(core, tx, overdueId);
  const amount = seats.reduce((sum, seat) => sum + seat.price, 0);
  await core.reservations.insert(tx, {
    id: reservationId,
    userId,
    performanceId,
    amount,
    expiresAt,
    seats: seats.map(({ id, price, version }) => ({
      ...{ seatId: id, price },
      seatVersion: version + 1,
    })),
  });
  const [first] = seats;
  assert(first, "a hold takes at least one seat");
  const reserved = seats.map(({ id: seatId, ...seat }) => answeredSeat({ seatId, ...seat }));
  const show = showOf(first);
  const facts = factsOf({ ...first, id: reservationId, userId, amount, seats: reserved }, show);
  await appendMessages(core, tx, [reservationEvent("reservation.held", 1, facts)]);
  return {
    reservationId,
    status: "PENDING",
    performanceId,
    seats: reserved,
    amount,
    expiresAt: expiresAt.toISOString(),
    show,
  };
}

function requireOneSale(
  core: CoreContext,
  seats: readonly OfferedSeat[],
  { queueId, accessible = false }: Pick<HoldSeatsInput, "queueId" | "accessible">,
): { performanceId: number; expiresAt: Date; seatsMax: number } {
  const [first] = seats;
  assert(first, "a hold takes at least one seat");
  const { performanceId, performanceStartsAt } = first;
  if (seats.some((seat) => seat.performanceId !== performanceId)) {
    throw new SeatsOfSeveralPerformancesError(seats.map((seat) => seat.id));
  }
  if (first.queueId !== queueId) throw new WrongQueueError(first.queueId);
  if (hasStarted(core, first)) throw new PerformanceStartedError(performanceId);
  if (first.sale === "ahead") throw new SaleNotOpenError(performanceId, first.saleOpensAt);
  if (first.sale === "over") throw new SaleClosedError(performanceId, first.saleClosesAt);
  if (!accessible) {
    const special = seats.filter((seat) => seat.accessible).map(({ id }) => id);
    if (special.length > 0) throw new AccessibleSeatError(special);
  }
  const seatsMax = first.seatsPerBuyerMax ?? core.config.hold.buyerSeatsMax;
  // A buyer cannot pay after the start, so no hold is promised for longer.
  const expiresAt = new Date(Math.min(first.expiresAt.getTime(), performanceStartsAt.getTime()));
  return { performanceId, expiresAt, seatsMax };
}

function supersededBy(seats: readonly OfferedSeat[]): number[] {
  const ids = seats.map((seat) => seat.supersededReservationId).filter((id) => id !== undefined);
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** Finds out, in the same transaction, why not every seat could be locked or held. */
async function refusalOf(
  core: CoreContext,
  tx: Tx,
  { seatIds, userId }: HoldSeatsInput,
): Promise<Error> {
  const seats = await core.seats.find(tx, seatIds);
  const known = new Set(seats.map((seat) => seat.id));
  const unknown = seatIds.filter((id) => !known.has(id));
  if (unknown.length > 0) return new SeatNotFoundError(unknown);
  const taken = (status: SeatStatus) => {
    const found = seats.filter((seat) => seat.status === status);
    const own = found.find((seat) => seat.userId === userId);
    return { ids: found.map((seat) => seat.id), ownReservationId: own?.reservationId };
  };
  const sold = taken("SOLD");
  if (sold.ids.length > 0) return new SeatAlreadySoldError(sold.ids, sold.ownReservationId);
  const blocked = taken("BLOCKED");
  if (blocked.ids.length > 0) return new SeatBlockedError(blocked.ids);
  const held = taken("HELD");
  if (held.ids.length > 0) return new SeatAlreadyHeldError(held.ids, held.ownReservationId);
  // Another transaction has locked a seat that is still AVAILABLE.
  return new SeatContendedError(seatIds);
}
