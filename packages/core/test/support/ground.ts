import { schemaCopies } from "@onsale/devstack/copySchema";
import { migrateDatabase, openCore } from "../../src/compose/openCore.ts";
import type { OpenCoreOptions, OpenedCore } from "../../src/compose/openedCore.ts";
import {
  createMemoryServers,
  type MemoryServers,
  openMemoryCore,
} from "../../src/compose/openMemory.ts";
import { readConfig } from "../../src/config/readConfig.ts";
import { loseAllRedis } from "./loseRedis.ts";
import { configOf, dropTestStack, newTestStack, runSql, type TestStack } from "./testStack.ts";

/** The servers of one test, real or in memory. */
export interface Ground {
  readonly stack: TestStack;
  open(overrides: Record<string, string>, options: OpenCoreOptions): Promise<OpenedCore>;
  /** Runs a statement on a connection of its own; on real servers only. */
  sql(
    text: string,
    values?: readonly (string | number | Date | null)[],
  ): Promise<Record<string, unknown>[]>;
  /**
   * Moves the end of a hold, in the reservation and in its seats.
   * @param ms from now; negative for an overdue hold
   */
  endHold(reservationId: number, ms: number): Promise<void>;
  drop(): Promise<void>;
}

/** In memory when `.mocharc.embedded.json` runs the suite; otherwise on real servers. */
export function newGround(): Promise<Ground> {
  return process.env.ONSALE_TEST_STACK === "embedded"
    ? Promise.resolve(memoryGround())
    : serversGround();
}

const createMigrated = schemaCopies();

async function serversGround(): Promise<Ground> {
  const stack = await newTestStack();
  await createMigrated(stack.env.MYSQL_URL ?? "", () => migrateDatabase(configOf(stack)));
  const sql: Ground["sql"] = (text, values) => runSql(stack, text, values);
  return {
    stack,
    open: (overrides, options) => openCore(configOf(stack, overrides), options),
    sql,
    async endHold(reservationId, ms) {
      await sql(END_HOLD, [ms * 1000, ms * 1000, reservationId]);
    },
    async drop() {
      await loseAllRedis(stack);
      await dropTestStack(stack);
    },
  };
}

const END_HOLD = `
  UPDATE reservations r JOIN seats s ON s.reservation_id = r.id
  SET r.expires_at = NOW(3) + INTERVAL ? MICROSECOND, r.updated_at = r.updated_at,
    s.hold_expires_at = NOW(3) + INTERVAL ? MICROSECOND
  WHERE r.id = ?`;

/** All cores of the test share these in-memory servers, as processes share real servers. */
function memoryGround(): Ground {
  const servers = createMemoryServers();
  const env = { STACK: "embedded", LOG_LEVEL: "silent" };
  return {
    stack: { name: "memory", env },
    open: async (overrides, options) =>
      openMemoryCore(readConfig({ ...env, ...overrides }), servers, options),
    sql: () =>
      Promise.reject(
        new Error(
          "A test with its own SQL needs real servers; run it with .mocharc.integration.json",
        ),
      ),
    endHold: (reservationId, ms) => endHoldInMemory(servers, reservationId, ms),
    drop: async () => {},
  };
}

async function endHoldInMemory(
  { database }: MemoryServers,
  reservationId: number,
  ms: number,
): Promise<void> {
  const { reservations, reservationSeats, seats } = database.tables;
  await database.autocommit(async (s) => {
    const endUs = (Math.floor(s.nowUs / 1000) + ms) * 1000;
    await s.update(
      reservations,
      reservations.of([reservationId]),
      () => true,
      (row) => ({ ...row, expiresAtUs: endUs }),
    );
    const links = s.where(reservationSeats, "reservationId", reservationId);
    await s.update(
      seats,
      seats.of(links.map(({ seatId }) => seatId)),
      (seat) => seat.reservationId === reservationId,
      (seat) => ({ ...seat, holdExpiresAtUs: endUs }),
    );
  });
}
