import { expect } from "chai";
import { failureKind } from "../../../src/adapters/mysql/databaseErrors.ts";
import type { Database } from "../../../src/adapters/sql/database.ts";
import { sqlIdempotencyStore } from "../../../src/adapters/sql/idempotencyStore.ts";
import type { Tx } from "../../../src/ports/transaction.ts";

const TX: Tx = { label: "unit" };
const KEY = { userId: 1, operation: "pay", key: "k" };

/** A database in which a read does not find the record, and a write of the record fails. */
function refusing(errno: number): Database {
  return {
    select: async () => [],
    change: async () => {
      throw Object.assign(new Error("refused"), { errno });
    },
    insert: async () => 0,
    withTransaction: (work) => work(TX),
    noteCommitMarker() {},
    failureKind,
  };
}

describe("an idempotency key that two requests use at the same time", () => {
  it("is in progress when the wait for another transaction's record times out", async () => {
    const store = sqlIdempotencyStore(refusing(1205));
    expect(await store.start(TX, KEY, "f")).to.deep.equal({ state: "in-progress" });
  });

  it("is in progress for the request whose uncommitted record came second", async () => {
    const store = sqlIdempotencyStore(refusing(1062));
    expect(await store.start(TX, KEY, "f")).to.deep.equal({ state: "in-progress" });
  });

  it("causes a restart of the transaction after a deadlock", async () => {
    const store = sqlIdempotencyStore(refusing(1213));
    const failure = await store.start(TX, KEY, "f").catch((error: unknown) => error);
    expect(failure).to.have.property("errno", 1213);
  });
});
