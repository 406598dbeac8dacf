import type { CoreConfig } from "@onsale/core";

/*
 * Lock strategies
 *
 * Problem: many buyers want one seat at the same moment. The strategies differ in two things: what
 * refuses the losers before the database (`seatLock`, a value of SEAT_LOCK), and the statements of
 * the hold itself (`statements`).
 *
 *   product        locks free rows and skips locked ones; conditional UPDATE        safe
 *   waiting        SELECT … FOR UPDATE; conditional UPDATE                          safe
 *   shared         SELECT … LOCK IN SHARE MODE; conditional UPDATE                  safe, deadlocks
 *   versioned      plain SELECT; UPDATE of a free seat's version; repeats           safe
 *   unconditional  plain SELECT; UPDATE whatever the status                         unsafe
 *
 * An unconditional hold can have the unique index on live seat links behind it, or not.
 */

/** The statements with which a hold takes its seats. */
export type HoldStatements = "product" | "waiting" | "shared" | "versioned" | "unconditional";

export interface LockStrategy {
  readonly name: string;
  readonly about: string;
  readonly seatLock: CoreConfig["seatLock"]["strategy"];
  readonly statements: HoldStatements;
  /** True when requests that come together share a transaction. */
  readonly isGrouped: boolean;
  /** False when the unique index on live seat links is dropped. */
  readonly hasIndex: boolean;
  /** True when no seat may be sold twice. */
  readonly isSafe: boolean;
  /** True when only the unique index refuses, so that buyers who come too late get a 500. */
  readonly losersFail?: true;
  /** The time in the specification for 100 buyers of one seat, ms; "deadlocks" when it fails. */
  readonly specification?: number | "deadlocks";
}

const DATABASE_ALONE = {
  seatLock: "conditional",
  isGrouped: false,
  hasIndex: true,
  isSafe: true,
} as const;

const redis = (
  seatLock: LockStrategy["seatLock"],
  about: string,
  specification?: number,
): LockStrategy => ({
  ...DATABASE_ALONE,
  ...{ name: seatLock, about, seatLock, statements: "product" },
  ...(specification !== undefined && { specification }),
});

const lockDecides = (seatLock: LockStrategy["seatLock"]): LockStrategy => ({
  ...{ name: `${seatLock}-decides`, about: `${seatLock} lock in Redis before "none"` },
  ...{ seatLock, statements: "unconditional", isGrouped: false, hasIndex: false, isSafe: false },
});

/** All strategies, the unsafe ones first. */
export const LOCK_STRATEGIES: readonly LockStrategy[] = [
  {
    ...DATABASE_ALONE,
    name: "none",
    about: "reads the status, then writes; no unique index",
    ...{ statements: "unconditional", hasIndex: false, isSafe: false },
  },
  {
    ...DATABASE_ALONE,
    name: "none-index",
    about: 'as "none", with the unique index behind it',
    ...{ statements: "unconditional", losersFail: true },
  },
  lockDecides("simple"),
  lockDecides("redlock"),
  {
    ...DATABASE_ALONE,
    name: "pessimistic-read",
    about: "shared row lock, then UPDATE",
    ...{ statements: "shared", specification: "deadlocks" },
  },
  {
    ...DATABASE_ALONE,
    name: "pessimistic",
    about: "SELECT … FOR UPDATE, buyers wait for the row",
    ...{ statements: "waiting", specification: 123 },
  },
  {
    ...DATABASE_ALONE,
    name: "optimistic",
    about: "UPDATE of the version that was read, repeated",
    ...{ statements: "versioned", specification: 244 },
  },
  redis("simple", "SET NX in Redis with a token, tried once", 273),
  redis("spin", "the same, repeated after random pauses", 866),
  redis("pubsub", "the same, repeated after a published release", 460),
  redis("redlock", "library redlock, tried once"),
  redis("semaphore", "library redis-semaphore, renewed, tried once"),
  {
    ...DATABASE_ALONE,
    name: "conditional",
    about: "conditional UPDATE alone; locked rows are skipped",
    statements: "product",
  },
  {
    ...DATABASE_ALONE,
    name: "groups",
    about: "the same, holds share a transaction (the default)",
    ...{ statements: "product", isGrouped: true },
  },
];
