import { query, STATEMENTS, sql } from "@onsale/core/testing";
import { databaseWith, type Edit, type Edits, editedSql, without } from "./editedSql.ts";
import { type CaughtFault, type HarmlessFault, otherPorts, together } from "./plantedFault.ts";

const SEATS = "packages/core/src/adapters/sql/seatStatements.ts";
const RESERVATIONS = "packages/core/src/adapters/sql/reservationStatements.ts";
const TRANSITIONS = "packages/core/src/adapters/sql/reservationTransitions.ts";
const HOLD = "packages/core/src/reservation/holdSeats.ts";

const replacing =
  (part: string, other: string): Edit =>
  (text) =>
    text.replace(part, other);

/** Both statements have the condition, and each of them is enough. */
const sellsBlocked = () => {
  const edit = replacing("status = 'AVAILABLE' OR", "status IN ('AVAILABLE','BLOCKED') OR");
  return editedSql({ "seats.lock": edit, "seats.hold": edit });
};

/** The seats that a hold reads, with other facts. */
const offeredAs = (facts: { readonly accessible?: boolean; readonly sale?: "open" }) =>
  otherPorts(({ core: { seats } }) => ({
    seats: {
      ...seats,
      offered: async (tx, seatIds, holdMs) =>
        (await seats.offered(tx, seatIds, holdMs)).map((seat) => ({ ...seat, ...facts })),
    },
  }));

const seatsOfBuyers = STATEMENTS.find(({ name }) => name === "reservations.lockSeatsOfBuyer:seats");
const COUNTED = query(sql("reservations.countSeatsOfBuyer", seatsOfBuyers?.text ?? ""), (row) => ({
  reservationId: row.integer("reservationId"),
  status: row.oneOf("status", ["PENDING", "CONFIRMED"]),
  overdue: row.flag("overdue"),
}));

/** Counts the seats of a buyer without locking the buyer's row. */
const countsUnlocked = () =>
  otherPorts((parts) => {
    const database = databaseWith(parts, [COUNTED]);
    return {
      reservations: {
        ...parts.core.reservations,
        lockSeatsOfBuyer: (tx, userId, performanceId) =>
          database.select(tx, COUNTED, { userIds: [userId], buyers: [[userId, performanceId]] }),
      },
    };
  });

/** Drops the version from the statements of a transition, alone and in a group. */
const withoutVersion = (transition: "confirm" | "refund", others: Edits = {}) =>
  editedSql({
    [`reservations.${transition}`]: without("AND version = :version"),
    [`reservations.${transition}:lock`]: without("AND (id, version) IN (:versions)"),
    [`reservations.${transition}:find`]: without("AND (id, version) IN (:versions)"),
    ...others,
  });

/** Faults of the rules that only some sales have. */
export const ruleMutants: readonly CaughtFault[] = [
  {
    name: "no limit of a buyer",
    plants: "a hold does not count the seats that its buyer has",
    place: {
      path: "packages/core/src/reservation/requireAllowance.ts",
      text: "if (fits(seats)) return false;",
    },
    caughtBy: ["rules"],
    seedsMax: 100,
    plant: () =>
      otherPorts(({ core: { reservations } }) => ({
        reservations: { ...reservations, lockSeatsOfBuyer: async () => [] },
      })),
  },
  {
    name: "limit without a lock",
    plants: "a hold counts the seats of its buyer without locking the buyer's row",
    place: { path: RESERVATIONS, text: '"reservations.lockSeatsOfBuyer:lock"' },
    caughtBy: ["rules"],
    seedsMax: 400,
    plant: countsUnlocked,
  },
  {
    name: "sale of a seat that is kept back",
    plants: "a hold takes seats that the box office keeps back",
    place: { path: SEATS, text: "AND (status = 'AVAILABLE' OR (status = 'HELD'" },
    caughtBy: ["rules"],
    seedsMax: 100,
    plant: sellsBlocked,
  },
  {
    name: "block of any seat",
    plants: "the box office keeps back seats that a buyer has taken a moment before",
    place: { path: SEATS, text: "WHERE id IN (:seatIds) AND status = 'AVAILABLE'" },
    caughtBy: ["answers", "loops", "I1", "I2", "service"],
    seedsMax: 150,
    plant: () => editedSql({ "seats.block": without("AND status = 'AVAILABLE'") }),
  },
  {
    name: "accessible seats for all",
    plants: "a hold gives accessible seats to buyers who did not ask for them",
    place: { path: HOLD, text: "if (special.length > 0) throw new AccessibleSeatError(special);" },
    caughtBy: ["rules"],
    seedsMax: 100,
    plant: () => offeredAs({ accessible: false }),
  },
  {
    name: "no sale window",
    plants: "a hold does not ask whether the sale is open",
    place: { path: HOLD, text: 'if (first.sale === "over")' },
    caughtBy: ["rules"],
    seedsMax: 100,
    plant: () => offeredAs({ sale: "open" }),
  },
  {
    name: "extension without an end",
    plants: "a hold can be extended again and again",
    place: {
      path: "packages/core/src/reservation/extendHold.ts",
      text: "const extension = { id: reservationId, holdMs: ttlMs, latest: latestExpiresAt };",
    },
    caughtBy: ["rules"],
    seedsMax: 100,
    plant: () =>
      otherPorts(({ core: { reservations } }) => ({
        reservations: {
          ...reservations,
          extend: (tx, { id, holdMs, latest }) =>
            reservations.extend(tx, { id, holdMs, latest: new Date(latest.getTime() + 600_000) }),
        },
      })),
  },
  {
    name: "extension of the reservation alone",
    plants: "the seats of an extended hold keep their end, so another buyer can take them",
    place: { path: SEATS, text: "SET s.hold_expires_at = :expiresAt" },
    caughtBy: ["answers", "loops", "I1", "I9", "service"],
    seedsMax: 200,
    plant: () =>
      otherPorts(({ core: { reservations, seats } }) => ({
        seats: {
          ...seats,
          extend: async (tx, id) => (await reservations.find(tx, id))?.seats.length ?? 0,
        },
      })),
  },
  {
    name: "extension that is not kept",
    plants: "an extension answers with a later end and leaves the hold as it is",
    place: { path: RESERVATIONS, text: "UPDATE reservations FORCE INDEX (PRIMARY) SET expires_at" },
    caughtBy: ["rules", "answers", "loops", "I9", "I1", "service"],
    seedsMax: 60,
    plant: () =>
      otherPorts(({ core: { reservations, seats, clock } }) => ({
        reservations: {
          ...reservations,
          extend: async (_tx, { holdMs }) => new Date(clock.nowMs() + holdMs),
        },
        seats: {
          ...seats,
          extend: async (tx, id) => (await reservations.find(tx, id))?.seats.length ?? 0,
        },
      })),
  },
  {
    name: "extension of an overdue hold",
    plants: "a hold can be extended after its end",
    place: { path: RESERVATIONS, text: "AND expires_at > NOW(6) AND expires_at < :expiresAt" },
    caughtBy: ["rules", "answers", "loops", "I1", "I9", "service"],
    seedsMax: 150,
    plant: () =>
      together(
        editedSql({ "reservations.extend": without("AND expires_at > NOW(6)") }),
        otherPorts(({ core: { reservations } }) => ({
          reservations: {
            ...reservations,
            async find(tx, id) {
              const found = await reservations.find(tx, id);
              return found && { ...found, overdue: false };
            },
          },
        })),
      ),
  },
  {
    name: "payment of an old price",
    plants: "a payment takes the price that it has read, also when seats have left since",
    place: { path: TRANSITIONS, text: 'const fence = isFenced ? "AND version = :version" : "";' },
    caughtBy: ["answers", "loops", "I4", "I5", "service"],
    seedsMax: 400,
    plant: () => withoutVersion("confirm"),
  },
  {
    name: "refund of an old price",
    plants: "a refund gives back the price that it has read, also when a part was refunded since",
    place: { path: TRANSITIONS, text: 'const fence = isFenced ? "AND version = :version" : "";' },
    caughtBy: ["answers", "loops", "I3", "I4", "I5", "service"],
    seedsMax: 300,
    plant: () => withoutVersion("refund", { "payments.refund": without("AND version = :version") }),
  },
  {
    name: "right to seats that were given back",
    plants: "the links of seats that a reservation gave back stay live",
    place: { path: SEATS, text: "SET live = NULL, released_version = :version" },
    caughtBy: ["I1", "rules", "loops", "answers", "service", "sales", "I5"],
    seedsMax: 60,
    plant: () => editedSql({ "seats.releaseSome:links": replacing("SET live = NULL, ", "SET ") }),
  },
  {
    name: "seats that stay after they were given back",
    plants: "a reservation gives back its links and keeps the seats",
    place: { path: SEATS, text: '"seats.releaseSome"' },
    caughtBy: ["rules", "I1", "I2", "I5", "I9", "sales", "loops", "answers", "service"],
    seedsMax: 60,
    plant: () =>
      otherPorts(({ core: { seats } }) => ({
        seats: {
          ...seats,
          async releaseSome(tx, of) {
            await seats.releaseSome(tx, { ...of, seatIds: [] });
            return of.seatIds.length;
          },
        },
      })),
  },
  {
    name: "partial refund of nothing",
    plants: "a payment does not count what a partial refund gave back",
    place: {
      path: "packages/core/src/payment/refundSeats.ts",
      text: "assert(await core.payments.refundPart(tx, paymentId, part)",
    },
    caughtBy: ["I4", "loops", "answers", "service", "I5"],
    seedsMax: 60,
    plant: () =>
      otherPorts(({ core: { payments } }) => ({
        payments: {
          ...payments,
          refundPart: (tx, id, part) => payments.refundPart(tx, id, { ...part, amount: 0 }),
        },
      })),
  },
  {
    name: "left places forgotten",
    plants: "after a loss of Redis, the token of a left place restores it",
    place: {
      path: "packages/core/src/queue/bestPlace.ts",
      text: "if (await core.admissions.hasLeft(null, queueId, claims)) return undefined;",
    },
    caughtBy: ["rules"],
    seedsMax: 100,
    plant: () =>
      otherPorts(({ core: { admissions } }) => ({
        admissions: { ...admissions, hasLeft: async () => false },
      })),
  },
  {
    name: "repeated payment refused",
    plants: "a repetition of a payment without a key is refused",
    place: {
      path: "packages/core/src/payment/payReservation.ts",
      text: 'if (payment?.status !== "CAPTURED") throw error;',
    },
    caughtBy: ["keys"],
    seedsMax: 100,
    plant: () =>
      otherPorts(({ core: { payments } }) => ({
        payments: { ...payments, findOfReservation: async () => undefined },
      })),
  },
];

/** Benign mutants of the rules. */
export const harmlessRuleMutants: readonly HarmlessFault[] = [
  {
    name: "seats given back whatever their status",
    plants: "a reservation gives back seats also when they are neither held nor sold",
    place: { path: SEATS, text: '"seats.releaseSome"' },
    because: "the reservation is locked in its state, and this state decides that of its seats",
    plant: () => editedSql({ "seats.releaseSome": without("AND s.status = :from") }),
  },
];
