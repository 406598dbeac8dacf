import type { CoreContext } from "@onsale/core";
import type { MemoryDb } from "@onsale/core/testing";
import {
  type CaughtFault,
  type HarmlessFault,
  otherPorts,
  type Parts,
  together,
  withoutDefence,
} from "./plantedFault.ts";

type SeatStore = CoreContext["seats"];
type Tables = MemoryDb["tables"];
/** A row of the table of seats. */
type Seat = NonNullable<NonNullable<ReturnType<Tables["seats"]["get"]>>["committed"]>;

const SEATS = "packages/core/src/adapters/mysql/seatStore.ts";
const SCHEMA = "packages/core/src/adapters/mysql/migrations/0001-initialSchema.ts";
const CONDITION = {
  path: SEATS,
  text: "AND (status = 'AVAILABLE' OR (status = 'HELD' AND hold_expires_at < NOW(6)))",
};
const INDEX = { path: SCHEMA, text: "UNIQUE KEY reservation_seats_one_live (seat_id, live)" };

function isForSale({ status, holdExpiresAtUs }: Seat, nowUs: number): boolean {
  if (status === "AVAILABLE") return true;
  return status === "HELD" && holdExpiresAtUs !== null && holdExpiresAtUs < nowUs;
}

/** The statement of a hold with another condition. */
function holdWhere({ db }: Parts, mayTake: (seat: Seat, nowUs: number) => boolean) {
  const { seats } = db.tables;
  const hold: SeatStore["hold"] = (tx, seatIds, reservationId, holdMs) =>
    db.run(tx, "seats.hold", (s) => {
      const holdExpiresAtUs = Math.floor(s.nowUs / 1_000) * 1_000 + holdMs * 1_000;
      return s.update(
        seats,
        seats.of(seatIds),
        (seat) => mayTake(seat, s.nowUs),
        (seat) => ({
          ...seat,
          status: "HELD" as const,
          reservationId,
          holdExpiresAtUs,
          version: seat.version + 1,
        }),
      );
    });
  return hold;
}

const takesAny = () =>
  otherPorts((parts) => ({
    seats: { ...parts.core.seats, hold: holdWhere(parts, () => true) },
  }));

/** Looks in one statement and takes in the next. */
const looksThenTakes = () =>
  otherPorts((parts) => {
    const { core, db } = parts;
    const { seats } = db.tables;
    const take = holdWhere(parts, () => true);
    const hold: SeatStore["hold"] = async (tx, seatIds, reservationId, holdMs) => {
      const free = await db.run(tx, "seats.look", (s) =>
        s.read(seats.of(seatIds)).filter((seat) => isForSale(seat, s.nowUs)),
      );
      if (free.length < seatIds.length) return free.length;
      return take(tx, seatIds, reservationId, holdMs);
    };
    return { seats: { ...core.seats, hold } };
  });

/** The statement of a release with another fence. */
const releaseWhere = (isStillTheirs: (seat: Seat, reservationId: number) => boolean) =>
  otherPorts(({ core, db }) => {
    const { seats, reservationSeats } = db.tables;
    const release: SeatStore["release"] = async (tx, reservationId, from) => {
      const released = await db.run(tx, "seats.release:seats", async (s) => {
        const claims = await s.lock(
          reservationSeats.by("reservation", reservationId),
          (claim) => claim.live === 1,
        );
        return s.update(
          seats,
          seats.of(claims.map(({ seatId }) => seatId)),
          (seat) => seat.status === from && isStillTheirs(seat, reservationId),
          (seat) => ({
            ...seat,
            status: "AVAILABLE" as const,
            reservationId: null,
            holdExpiresAtUs: null,
            version: seat.version + 1,
          }),
        );
      });
      await db.run(tx, "seats.release:liveLinks", (s) =>
        s.update(
          reservationSeats,
          reservationSeats.by("reservation", reservationId),
          (claim) => claim.live === 1,
          (claim) => ({ ...claim, live: null }),
        ),
      );
      return released;
    };
    return { seats: { ...core.seats, release } };
  });

const dropOneLive = (tables: Tables): void =>
  tables.reservationSeats.dropDefence("reservation_seats_one_live");

const FENCE = {
  path: SEATS,
  text: "AND s.reservation_id = :reservationId AND s.status = :from",
};

/** Faults in who gets a seat. */
export const seatMutants: readonly CaughtFault[] = [
  {
    name: "hold of nothing",
    plants: "a hold never finds its seats for sale",
    place: CONDITION,
    caughtBy: ["service"],
    seedsMax: 40,
    plant: () => otherPorts(({ core }) => ({ seats: { ...core.seats, hold: async () => 0 } })),
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
    plants: "a hold takes its seats whatever their status, and nothing stands behind it",
    place: CONDITION,
    caughtBy: ["I1", "I2", "answers", "loops", "service"],
    seedsMax: 10,
    plant: () => together(withoutDefence(dropOneLive), takesAny()),
  },
  {
    name: "look, then hold",
    plants: "a hold looks at the status in one statement and takes in the next",
    place: CONDITION,
    caughtBy: ["answers"],
    seedsMax: 150,
    plant: looksThenTakes,
  },
  {
    name: "look, then hold, no index",
    plants: "a hold looks in one statement and takes in the next, and nothing stands behind it",
    place: CONDITION,
    caughtBy: ["I1", "I2", "answers", "loops"],
    seedsMax: 150,
    plant: () => together(withoutDefence(dropOneLive), looksThenTakes()),
  },
  {
    name: "release without a fence",
    plants: "who ends a hold gives back its seats, also when they are another's by now",
    place: FENCE,
    caughtBy: ["answers", "I1", "I2", "loops"],
    seedsMax: 100,
    plant: () => releaseWhere(() => true),
  },
];

/** Faults about seats that change nothing. */
export const harmlessSeatMutants: readonly HarmlessFault[] = [
  {
    name: "no index on live claims",
    plants: "the unique index on live claims is gone",
    place: INDEX,
    because: "the conditional statement lets nobody through; the index stands behind it",
    plant: () => withoutDefence(dropOneLive),
  },
  {
    name: "release fenced by reservation alone",
    plants: "who ends a hold gives back the seats that name it, whatever their version",
    place: FENCE,
    because: "ids of reservations are never used twice, so the seat's reservation tells the same",
    plant: () => releaseWhere((seat, reservationId) => seat.reservationId === reservationId),
  },
  {
    name: "seat lock for everybody",
    plants: "the seat lock lets everybody pass",
    place: {
      path: "packages/core/src/reservation/holdSeats.ts",
      text: "const lock = await core.seatLock.tryAcquire(seatIds);",
    },
    because: "the lock spares the database most requests and never decides",
    plant: () =>
      otherPorts(() => ({
        seatLock: { tryAcquire: async () => ({ release: async () => undefined }) },
      })),
  },
  {
    name: "release of another's seat lock",
    plants: "a buyer who is done releases the seat locks whoever holds them by then",
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
