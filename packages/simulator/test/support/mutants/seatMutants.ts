import { type MemoryDb, query, sql, sqlStores } from "@onsale/core/testing";
import { databaseWith, editedSql, editedStatements, without } from "./editedSql.ts";
import {
  type CaughtFault,
  type HarmlessFault,
  otherPorts,
  together,
  withoutDefence,
} from "./plantedFault.ts";

const SEATS = "packages/core/src/adapters/sql/seatStatements.ts";
const SCHEMA = "packages/core/src/adapters/sql/migrations/0001-initialSchema.ts";
const CONDITION = {
  path: SEATS,
  text: "AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))",
};
const INDEX = { path: SCHEMA, text: "UNIQUE KEY reservation_seats_one_live (seat_id, live)" };

/** Both statements have the condition, and each of them is enough. */
const HOLD_ANY = {
  "seats.lock": without(CONDITION.text),
  "seats.hold": without(CONDITION.text),
};

const takesAny = () => editedSql(HOLD_ANY);

const FREE_SEATS = query(
  sql("seats.look", `SELECT COUNT(*) AS seats FROM seats WHERE id IN (:seatIds) ${CONDITION.text}`),
  (row) => row.integer("seats"),
);

/** Reads the status without a lock, and takes the seats in a later statement. */
const looksThenTakes = () =>
  otherPorts((parts) => {
    const { core } = parts;
    const database = databaseWith(parts, [...editedStatements(HOLD_ANY), FREE_SEATS]);
    const { seats } = sqlStores(database);
    return {
      seats: {
        ...core.seats,
        async lock(tx, seatIds) {
          const [free = 0] = await database.select(tx, FREE_SEATS, { seatIds });
          return free < seatIds.length ? [] : seatIds;
        },
        hold: (tx, hold) => seats.hold(tx, hold),
      },
    };
  });

const OF_RESERVATION = "AND s.reservation_id = :reservationId";
const OF_VERSION = "AND s.version = rs.seat_version";

const dropOneLive = (tables: MemoryDb["tables"]): void =>
  tables.reservationSeats.dropDefence("reservation_seats_one_live");

const FENCE = {
  path: SEATS,
  text: "AND s.reservation_id = :reservationId AND s.status = :from",
};

/** Faults of seat holds. */
export const seatMutants: readonly CaughtFault[] = [
  {
    name: "hold of nothing",
    plants: "a hold never finds its seats for sale",
    place: CONDITION,
    caughtBy: ["service"],
    seedsMax: 40,
    plant: () => otherPorts(({ core }) => ({ seats: { ...core.seats, lock: async () => [] } })),
  },
  {
    name: "hold whatever the status",
    plants: "a hold takes its seats whatever their status; the unique index is still there",
    place: CONDITION,
    caughtBy: ["answers"],
    seedsMax: 10,
    plant: takesAny,
  },
  {
    name: "hold whatever the status, no index",
    plants: "a hold takes its seats whatever their status, and no index refuses it",
    place: CONDITION,
    caughtBy: ["I1", "I2", "answers", "loops", "service"],
    seedsMax: 10,
    plant: () => together(withoutDefence(dropOneLive), takesAny()),
  },
  {
    name: "look, then hold",
    plants: "a hold looks at the status in one statement and takes the seats in the next",
    place: CONDITION,
    caughtBy: ["answers"],
    seedsMax: 150,
    plant: looksThenTakes,
  },
  {
    name: "look, then hold, no index",
    plants: "a hold looks in one statement and takes in the next, and no index refuses it",
    place: CONDITION,
    caughtBy: ["I1", "I2", "answers", "loops"],
    seedsMax: 150,
    plant: () => together(withoutDefence(dropOneLive), looksThenTakes()),
  },
  {
    name: "release without a fence",
    plants: "the end of a hold releases its seats, also when another buyer has them by now",
    place: FENCE,
    caughtBy: ["answers", "I1", "I2", "loops"],
    seedsMax: 100,
    plant: () => editedSql({ "seats.release": without(OF_RESERVATION, OF_VERSION) }),
  },
];

/** Benign mutants of seats. */
export const harmlessSeatMutants: readonly HarmlessFault[] = [
  {
    name: "no index on live seat links",
    plants: "the unique index on live seat links is missing",
    place: INDEX,
    because: "the conditional statement alone decides; the index is the backstop",
    plant: () => withoutDefence(dropOneLive),
  },
  {
    name: "release checked by reservation alone",
    plants: "the end of a hold releases the seats that name it, whatever their version",
    place: FENCE,
    because: "ids of reservations are never used twice, so the seat's reservation proves the same",
    plant: () => editedSql({ "seats.release": without(OF_VERSION) }),
  },
  {
    name: "seat lock for every buyer",
    plants: "the seat lock refuses no buyer",
    place: {
      path: "packages/core/src/reservation/holdSeats.ts",
      text: "lock ??= await core.seatLock.tryAcquire(seatIds);",
    },
    because: "the lock spares the database most requests and never decides",
    plant: () =>
      otherPorts(() => ({
        seatLock: { tryAcquire: async () => ({ release: async () => undefined }) },
      })),
  },
  {
    name: "release of another's seat lock",
    plants: "a finished request releases the seat locks, also when another request has them",
    place: {
      path: "packages/core/src/adapters/redis/locks/redlockSeatLock.ts",
      text: "const release = (): Promise<void> => Promise.resolve(lock.unlock())",
    },
    because: "the lock spares the database most requests and never decides",
    plant: () =>
      otherPorts(({ core, servers, link }) => ({
        seatLock: {
          async tryAcquire(seatIds) {
            const lease = await core.seatLock.tryAcquire(seatIds);
            const { locks } = servers.redisState;
            const releaseAll = (): void => {
              for (const seatId of seatIds) locks.delete(String(seatId));
            };
            return (
              lease && {
                release: () =>
                  link.call("redis", "seatLock.release", releaseAll).catch(() => undefined),
              }
            );
          },
        },
      })),
  },
];
