import assert from "node:assert/strict";
import type { CoreContext } from "../ports/coreContext.ts";
import type { Tx } from "../ports/transaction.ts";
import { HoldExpiredError, HoldExtensionLimitError, ReservationStateError } from "./errors.ts";
import { requireAhead } from "./requireAhead.ts";
import { reservationToChange } from "./reservationToChange.ts";

export interface ExtendedHold {
  readonly reservationId: number;
  readonly expiresAt: Date;
  /** No extension passes this time. */
  readonly latestExpiresAt: Date;
}

/**
 * Gives the buyer of a live hold `HOLD_TTL_MS` from now on to pay, but never longer than
 * `HOLD_EXTENSION_MAX_MS` beyond the end that the hold had at first, and not after the performance
 * begins. So a buyer cannot keep seats that others want by extending the hold again and again. An
 * extension is no transition: the state, the version and the price stay, and it has no event.
 *
 * Reservation and seats get the same end in one transaction, the reservation first. A buyer who
 * takes over a seat locks in the other order; when both meet at the end of a hold, the database
 * ends one of the transactions, which starts again.
 * @throws ReservationNotFoundError, ReservationNotYoursError, ReservationStateError,
 *   HoldExpiredError, HoldExtensionLimitError, PerformanceStartedError
 */
export function extendHold(
  core: CoreContext,
  input: { readonly userId: number; readonly reservationId: number },
): Promise<ExtendedHold> {
  return core.withTransaction((tx) => extendInside(core, tx, input));
}

async function extendInside(
  core: CoreContext,
  tx: Tx,
  input: { readonly userId: number; readonly reservationId: number },
): Promise<ExtendedHold> {
  const { reservationId } = input;
  const { ttlMs, extensionMaxMs } = core.config.hold;
  const reservation = await reservationToChange(core, tx, input);
  const { status, overdue, createdAt, expiresAt, performanceStartsAt } = reservation;
  requireAhead(core, reservation);
  if (status === "EXPIRED" || overdue) throw new HoldExpiredError(reservationId);
  if (status !== "PENDING") throw new ReservationStateError(reservationId, status);
  const latestMs = createdAt.getTime() + ttlMs + extensionMaxMs;
  const latestExpiresAt = new Date(Math.min(latestMs, performanceStartsAt.getTime()));
  // The row is created some milliseconds after its first end was computed, which is no extension.
  if (extensionMaxMs === 0 || expiresAt >= latestExpiresAt) {
    throw new HoldExtensionLimitError(reservationId, latestExpiresAt);
  }
  const extension = { id: reservationId, holdMs: ttlMs, latest: latestExpiresAt };
  const extendedTo = await core.reservations.extend(tx, extension);
  if (!extendedTo) return unchanged(core, tx, reservationId, latestExpiresAt);
  const count = await core.seats.extend(tx, reservationId, extendedTo);
  // An operator can have given back a seat since the first read. From now on, the row is locked.
  const seats = (await core.reservations.find(tx, reservationId))?.seats ?? [];
  assert.equal(count, seats.length, "a live hold has all of its seats");
  return { reservationId, expiresAt: extendedTo, latestExpiresAt };
}

/** Answers when another request ended or extended the hold a moment ago. */
async function unchanged(
  core: CoreContext,
  tx: Tx,
  reservationId: number,
  latestExpiresAt: Date,
): Promise<ExtendedHold> {
  const now = await core.reservations.find(tx, reservationId);
  if (!now || now.overdue || now.status === "EXPIRED") throw new HoldExpiredError(reservationId);
  if (now.status !== "PENDING") throw new ReservationStateError(reservationId, now.status);
  return { reservationId, expiresAt: now.expiresAt, latestExpiresAt };
}
