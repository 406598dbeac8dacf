import { lostCommits, shortHolds } from "./circumstances.ts";
import { editedSql, without } from "./editedSql.ts";
import { type CaughtFault, type HarmlessFault, otherPorts, together } from "./plantedFault.ts";

const TRANSITIONS = "packages/core/src/adapters/sql/reservationTransitions.ts";
const RESERVATIONS = "packages/core/src/adapters/sql/reservationStatements.ts";

/** Drops all checks: before the payment, in its UPDATE, and in the lock of a group. */
const paysLate = () =>
  together(
    editedSql({
      "reservations.confirm": without("AND expires_at > NOW(6)"),
      "reservations.confirm:lock": without("AND expires_at > NOW(6)"),
    }),
    otherPorts(({ core: { reservations } }) => ({
      reservations: {
        ...reservations,
        async find(tx, id) {
          const found = await reservations.find(tx, id);
          return found && { ...found, overdue: false };
        },
      },
    })),
  );

const IS_OVERDUE = "AND expires_at <= NOW(6)";
const expiresAtOnce = () =>
  editedSql({
    "reservations.expire": without(IS_OVERDUE),
    "reservations.lockOverdue": without(IS_OVERDUE),
  });

/** Faults of payments. */
export const paymentMutants: readonly CaughtFault[] = [
  {
    name: "payment after the end",
    plants: "a payment does not check whether the hold has expired",
    place: { path: TRANSITIONS, text: '"AND expires_at > NOW(6)"' },
    circumstances: shortHolds,
    caughtBy: ["I9", "loops"],
    seedsMax: 20,
    plant: paysLate,
  },
  {
    name: "expiry without the clock",
    plants: "the reaper ends every hold that it finds, expired or not",
    place: { path: RESERVATIONS, text: "WHERE status = 'PENDING' AND expires_at <= NOW(6)" },
    caughtBy: ["I9", "I1", "loops"],
    seedsMax: 10,
    plant: expiresAtOnce,
  },
  {
    name: "reaper that ends nothing",
    plants: "an overdue hold ends only when another buyer takes its seats over",
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
      text: "const sold = await core.seats.confirm(tx, reservationId, seats.length);",
    },
    caughtBy: ["I2", "I1", "I9", "answers", "loops", "service"],
    seedsMax: 10,
    plant: () =>
      editedSql({
        "seats.confirm": (text) =>
          text.replace(
            "SET s.status = 'SOLD', s.hold_expires_at = NULL",
            "SET s.version = s.version",
          ),
      }),
  },
  {
    name: "lost COMMIT assumed done",
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
    plants: "every process counts its ids from the same number",
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

/** Benign mutants of payments. */
export const harmlessPaymentMutants: readonly HarmlessFault[] = [
  {
    name: "lost COMMIT done again",
    plants: "a transaction whose COMMIT got lost counts as failed and is done again, unseen",
    place: {
      path: "packages/core/src/adapters/shared/transactionRunner.ts",
      text: "return await driver.findCommitMarker(tx.commitMarker);",
    },
    circumstances: lostCommits,
    because: "its key's record, its entry's unique key or its state stops the second run",
    plant: () => answersMarkerLookupWith(false),
  },
];

/** Guesses the outcome of a COMMIT. */
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
