import type { CoreContext } from "@onsale/core";
import type { MemoryDb } from "@onsale/core/testing";
import { lostCommits, shortHolds } from "./circumstances.ts";
import { type CaughtFault, type HarmlessFault, otherPorts, type Parts } from "./plantedFault.ts";

type Tables = MemoryDb["tables"];
/** A row of the table of reservations. */
type Reservation = NonNullable<NonNullable<ReturnType<Tables["reservations"]["get"]>>["committed"]>;
type Status = Reservation["status"];
const RESERVATIONS = "packages/core/src/adapters/mysql/reservationStore.ts";

/** A move of a reservation under another condition. */
function moveWhere(
  { db }: Parts,
  name: string,
  to: Status,
  mayMove: (row: Reservation) => boolean,
) {
  const { reservations } = db.tables;
  const move: CoreContext["reservations"]["confirm"] = async (tx, id) => {
    const moved = await db.run(tx, `reservations.${name}`, (s) =>
      s.update(reservations, reservations.of([id]), mayMove, (row) => ({
        ...row,
        status: to,
        version: row.version + 1,
        updatedAtUs: s.nowUs,
      })),
    );
    return moved === 1;
  };
  return move;
}

const isPending = ({ status }: Reservation): boolean => status === "PENDING";

const paysLate = () =>
  otherPorts((parts) => ({
    reservations: {
      ...parts.core.reservations,
      confirm: moveWhere(parts, "confirm", "CONFIRMED", isPending),
    },
  }));

const expiresAtOnce = () =>
  otherPorts((parts) => {
    const { core, db } = parts;
    const { reservations } = db.tables;
    return {
      reservations: {
        ...core.reservations,
        expire: moveWhere(parts, "expire", "EXPIRED", isPending),
        lockOverdue: (tx, max) =>
          db.run(tx, "reservations.lockOverdue", async (s) => {
            const pending = reservations.by("status", "PENDING");
            const order = (a: Reservation, b: Reservation): number => a.id - b.id;
            const rows = await s.lock(pending, isPending, { wait: "skip", walk: { order, max } });
            return rows.map(({ id }) => id);
          }),
      },
    };
  });

/** Faults in what is paid for, when, and how often. */
export const paymentMutants: readonly CaughtFault[] = [
  {
    name: "payment after the end",
    plants: "a payment does not ask whether the hold is over",
    place: { path: RESERVATIONS, text: '"AND expires_at > NOW(6)"' },
    circumstances: shortHolds,
    caughtBy: ["I9", "loops"],
    seedsMax: 20,
    plant: paysLate,
  },
  {
    name: "expiry without the clock",
    plants: "the reaper ends every hold that it finds, over or not",
    place: { path: RESERVATIONS, text: "WHERE status = 'PENDING' AND expires_at <= NOW(6)" },
    caughtBy: ["I9", "I1", "loops"],
    seedsMax: 10,
    plant: expiresAtOnce,
  },
  {
    name: "reaper that reaps nothing",
    plants: "no overdue hold is ever ended, but by who takes its seat over",
    place: {
      path: "packages/core/src/reservation/releaseExpiredHolds.ts",
      text: "const overdue = await core.reservations.lockOverdue(tx, max);",
    },
    caughtBy: ["liveness", "I9", "loops"],
    seedsMax: 120,
    plant: () =>
      otherPorts(({ core }) => ({
        reservations: { ...core.reservations, lockOverdue: async () => [] },
      })),
  },
  {
    name: "payment that forgets the seats",
    plants: "a payment confirms the reservation and leaves its seats held",
    place: {
      path: "packages/core/src/payment/payReservation.ts",
      text: "const sold = await core.seats.confirm(tx, reservationId);",
    },
    caughtBy: ["I2", "I1", "I9", "answers", "loops", "service"],
    seedsMax: 10,
    plant: () =>
      otherPorts(({ core, db }) => ({
        seats: {
          ...core.seats,
          confirm: (tx, reservationId) =>
            db.run(tx, "seats.confirm", (s) => {
              const { reservationSeats } = db.tables;
              return s.where(reservationSeats, "reservation", reservationId).length;
            }),
        },
      })),
  },
  {
    name: "COMMIT taken for done",
    plants: "a transaction whose COMMIT got lost counts as committed, without a look",
    place: {
      path: "packages/core/src/adapters/shared/transactionRunner.ts",
      text: "return (await wasCommitted(driver, ports, tx, failure)) ? { value } : { failure };",
    },
    circumstances: lostCommits,
    caughtBy: ["I10", "keys"],
    seedsMax: 15,
    plant: () => answersMarkerLookupWith(true),
  },
  {
    name: "ids given out twice",
    plants: "every process begins to count its ids where all others begin",
    place: {
      path: "packages/core/src/adapters/shared/idBlocks.ts",
      text: "const first = await takeBlock(kind, BLOCK_SIZE);",
    },
    caughtBy: ["answers"],
    seedsMax: 10,
    plant: () =>
      otherPorts(() => {
        let last = 0;
        return {
          idAllocator: {
            async next() {
              last += 1;
              return last;
            },
          },
        };
      }),
  },
];

/** Faults about payments that change nothing. */
export const harmlessPaymentMutants: readonly HarmlessFault[] = [
  {
    name: "lost COMMIT done again",
    plants: "a transaction whose COMMIT got lost counts as failed and is done again, unseen",
    place: {
      path: "packages/core/src/adapters/shared/transactionRunner.ts",
      text: "return await driver.findCommitMarker(tx.commitMarker);",
    },
    circumstances: lostCommits,
    because:
      "its key's record, its entry's unique key or its state tell the second run that it was done",
    plant: () => answersMarkerLookupWith(false),
  },
];

/** Guesses what became of a COMMIT. */
function answersMarkerLookupWith(proved: boolean): ReturnType<CaughtFault["plant"]> {
  return {
    replaceLink: (link) => ({
      call(server, point, work) {
        if (point !== "findCommitMarker") return link.call(server, point, work);
        return link.call(server, point, () => guessed(proved));
      },
    }),
  };
}

/** The answer that the caller at this point waits for is a boolean. */
function guessed<T>(value: boolean): T;
function guessed(value: boolean): unknown {
  return value;
}
