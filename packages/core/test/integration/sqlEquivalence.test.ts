import { expect } from "chai";
import fc from "fast-check";
import { createMemoryDatabase } from "../../src/adapters/memory/database/memoryDatabase.ts";
import { memoryDb } from "../../src/adapters/memory/database/memoryDb.ts";
import { directLink } from "../../src/adapters/memory/serverLink.ts";
import { compileStatement } from "../../src/adapters/memory/sql/compileStatement.ts";
import { memorySqlDatabase } from "../../src/adapters/memory/sql/memorySqlDatabase.ts";
import { type OpenedMysql, openMysql } from "../../src/adapters/mysql/connection.ts";
import type { Database } from "../../src/adapters/sql/database.ts";
import { query, sql } from "../../src/adapters/sql/statement.ts";
import { migrateDatabase } from "../../src/compose/openCore.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { systemRandom } from "../../src/shared/random.ts";
import {
  type ArbitrarySql,
  anyDelete,
  anyGroups,
  anyInsert,
  anyRead,
  anyUpdate,
} from "../support/arbitrarySql.ts";
import { recordingLog, recordingMetrics } from "../support/recorders.ts";
import {
  configOf,
  createGeneralCiDatabase,
  dropTestStack,
  newTestStack,
  type TestStack,
} from "../support/testStack.ts";

type Act = { readonly kind: "read" | "write"; readonly statement: ArbitrarySql };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: anyRead.map((statement) => ({ kind: "read" as const, statement })) },
  { weight: 1, arbitrary: anyGroups.map((statement) => ({ kind: "read" as const, statement })) },
  { weight: 3, arbitrary: anyInsert.map((statement) => ({ kind: "write" as const, statement })) },
  { weight: 2, arbitrary: anyUpdate.map((statement) => ({ kind: "write" as const, statement })) },
  { weight: 1, arbitrary: anyDelete.map((statement) => ({ kind: "write" as const, statement })) },
);

const NAME = "test.any";
const STATE: ArbitrarySql = {
  text: `SELECT id AS a, last_error AS b, attempts AS c, bucket AS d
           FROM outbox_messages ORDER BY id`,
  values: {},
};
const CLEAR: ArbitrarySql = { text: "DELETE FROM outbox_messages", values: {} };

/** A flag, a number or a text: MySQL's driver and the in-memory database answer the same. */
async function read(db: Database, { text, values }: ArbitrarySql): Promise<unknown[]> {
  const statement = query(sql(NAME, text), (row) =>
    ["a", "b", "c", "d"].map((column) => row.plain(column)),
  );
  return db.select(null, statement, values);
}

/** Rows, a count, or the kind of the failure. */
async function outcomeOf(db: Database, { kind, statement }: Act): Promise<unknown> {
  try {
    if (kind === "read") return await read(db, statement);
    const changed = await db.change(null, sql(NAME, statement.text), statement.values);
    // MySQL counts a row twice when ON DUPLICATE KEY UPDATE changes it.
    return statement.text.includes("ON DUPLICATE") ? "done" : changed;
  } catch (error) {
    return `fails: ${db.failureKind(error)}`;
  }
}

/**
 * The in-memory database for one statement, which is compiled from its text.
 */
function memoryDatabase(): (statement: ArbitrarySql) => Database {
  const clock = systemClock;
  const ports = { clock, random: systemRandom, log: recordingLog(), metrics: recordingMetrics() };
  const db = memoryDb(createMemoryDatabase({ clock }), directLink, ports);
  return ({ text }) => {
    const statement = sql(NAME, text);
    return memorySqlDatabase(db, new Map([[NAME, compileStatement(statement)]]));
  };
}

const STORIES = 80;

describe("random statements on the in-memory database", () => {
  let stack: TestStack;
  let mysql: OpenedMysql;
  before("migrates a database", async () => {
    stack = await newTestStack();
    await createGeneralCiDatabase(stack);
    const config = configOf(stack);
    await migrateDatabase(config);
    const ports = { clock: systemClock, random: systemRandom };
    mysql = openMysql(config.mysql, { ...ports, log: recordingLog(), metrics: recordingMetrics() });
  });
  after("drops it", async () => {
    await mysql.close();
    await dropTestStack(stack);
  });

  it("return the same answers and change the same rows as on the server", async () => {
    const story = fc.array(act, { minLength: 3, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(anyInsert, story, async (first, acts) => {
        const inMemory = memoryDatabase();
        await mysql.db.change(null, sql(NAME, CLEAR.text));
        for (const each of [{ kind: "write", statement: first } as const, ...acts]) {
          const { statement } = each;
          const expected = await outcomeOf(mysql.db, each);
          expect(await outcomeOf(inMemory(statement), each), statement.text).to.deep.equal(
            expected,
          );
          const state = await read(mysql.db, STATE);
          expect(await read(inMemory(STATE), STATE), statement.text).to.deep.equal(state);
        }
      }),
      { numRuns: STORIES },
    );
  }).timeout(120_000);
});
