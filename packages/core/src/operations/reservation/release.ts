import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { Reservation } from "../../ports/reservationStore.ts";
import { cancelInside } from "../../reservation/cancelReservation.ts";
import { cancelSeatsInside } from "../../reservation/cancelSeats.ts";
import {
  HoldExpiredError,
  ReservationNotFoundError,
  ReservationPaidError,
  ReservationStateError,
} from "../../reservation/errors.ts";
import { operation } from "../operation.ts";
import { claimOfPart, idsOf, leftText, partOf, seatNumbersSchema } from "./partOfReservation.ts";

const inputSchema = z.strictObject({
  reservationId: z.int().min(1),
  /** The numbers of the seats to release; all seats when left out. */
  seats: seatNumbersSchema.optional(),
});
type Input = z.infer<typeof inputSchema>;

/** Ends the unpaid hold of a buyer, or a part of it. A paid reservation is refunded instead. */
export const releaseOperation = operation<Input>({
  name: "reservation.release",
  summary: "End an unpaid hold of a buyer, or some of its seats; they are for sale again",
  input: inputSchema,
  confirmation: ({ reservationId }) => String(reservationId),
  target: ({ reservationId }) => `reservation:${reservationId}`,

  async plan(core, { reservationId, seats: numbers }) {
    const found = await releasable(core, reservationId);
    const { userId, status, amount, expiresAt, overdue } = found;
    const part = partOf(found, numbers);
    if (part && overdue) throw new HoldExpiredError(reservationId);
    const seats = part ?? found.seats;
    return {
      facts: { status, userId, amount, expiresAt: expiresAt.toISOString(), isOverdue: overdue },
      count: part ? part.length : 1,
      unit: part ? "seat" : "hold",
      sample: seats.map(
        ({ seatId, seatNo, price }) => `seat ${seatNo} (${seatId}): ${price} points`,
      ),
      notes: [
        ...(part ? [leftText(found, part)] : []),
        "The points of the buyer do not change; the buyer can hold seats again.",
      ],
    };
  },

  state: async (core, { reservationId }) => {
    const { status, version } = await reservationOf(core, reservationId);
    return { status, version };
  },

  steps: {
    kind: "transaction",
    async step(core, tx, { input: { reservationId, seats: numbers } }) {
      const found = await core.reservations.find(tx, reservationId);
      // The buyer can pay or cancel after the plan: then this step changes nothing, and the
      // verification reads what the reservation became.
      if (found?.status !== "PENDING") return { checkpoint: {}, changed: 0, isDone: true };
      const part = partOf(found, numbers);
      if (part) {
        await cancelSeatsInside(core, tx, { reservationId, seatIds: idsOf(part) });
        return { checkpoint: {}, changed: part.length, isDone: true };
      }
      await cancelInside(core, tx, { userId: found.userId, reservationId });
      return { checkpoint: {}, changed: 1, isDone: true };
    },
  },

  async verify(core, { reservationId, seats: numbers }) {
    const { status, seats } = await reservationOf(core, reservationId);
    if (numbers && status === "PENDING") return [claimOfPart(reservationId, seats, numbers)];
    const rows = await core.seats.find(
      null,
      seats.map(({ seatId }) => seatId),
    );
    const own = rows.filter((seat) => seat.reservationId === reservationId);
    return [
      {
        claim: `reservation ${reservationId} is over and unpaid`,
        holds: status === "CANCELLED" || status === "EXPIRED",
        read: status,
      },
      {
        claim: "none of its seats is held for it",
        holds: own.length === 0,
        read:
          own.length === 0
            ? "none is"
            : own.map((seat) => `${seat.seatNo} ${seat.status}`).join(", "),
      },
    ];
  },

  inverse: () => ({ impossible: "the seats may belong to other buyers by now" }),
});

/** @throws ReservationNotFoundError, ReservationPaidError, ReservationStateError */
async function releasable(core: CoreContext, reservationId: number): Promise<Reservation> {
  const reservation = await reservationOf(core, reservationId);
  if (reservation.status === "CONFIRMED") {
    const payment = await core.payments.findOfReservation(null, reservationId);
    throw new ReservationPaidError(reservationId, payment?.id);
  }
  if (reservation.status !== "PENDING") {
    throw new ReservationStateError(reservationId, reservation.status);
  }
  return reservation;
}

async function reservationOf(core: CoreContext, reservationId: number): Promise<Reservation> {
  const reservation = await core.reservations.find(null, reservationId);
  if (!reservation) throw new ReservationNotFoundError(reservationId);
  return reservation;
}
