import { message } from "@onsale/conformance/database/outboxActs";
import { expect } from "chai";
import { STATEMENTS } from "../../src/adapters/sql/stores.ts";
import type { NewOutboxMessage } from "../../src/ports/outboxStore.ts";
import { useTestCore } from "../support/testCore.ts";

const BUCKET = 1;
const AGGREGATE_ID = 7;

describe("the outbox in the database", () => {
  // The messages have no transitions, so the invariants are not checked here.
  const current = useTestCore({}, { checkInvariants: false });
  const version = (aggregateVersion: number): NewOutboxMessage =>
    message({ aggregateId: AGGREGATE_ID, aggregateVersion, bucket: BUCKET });

  it("records each publication once and in order", async () => {
    const { core, sql } = current();
    const lease = await core.leases.acquire(`outbox-bucket:${BUCKET}`, "me", 60_000);
    if (!lease) throw new Error("the bucket is free");
    await core.withTransaction((tx) => core.outbox.append(tx, [version(1), version(2)]));
    const ids = (await core.outbox.due(null, BUCKET, 10)).map(({ id }) => id);
    const mark = () => core.withTransaction((tx) => core.outbox.markPublished(tx, [lease], ids));
    expect(await mark()).to.equal(2);
    expect(await mark()).to.equal(0);
    const noted = await sql(
      "SELECT aggregate_version, owner FROM outbox_publications WHERE aggregate_id = ? ORDER BY id",
      [AGGREGATE_ID],
    );
    expect(noted.map((row) => ({ ...row }))).to.deep.equal([
      { aggregate_version: 1, owner: "me" },
      { aggregate_version: 2, owner: "me" },
    ]);
  });

  for (const name of ["outbox.cleanUp:messages", "notifications.cleanUp"]) {
    it(`deletes a batch of old rows without sorting all of them: ${name}`, async () => {
      const { text = "" } = STATEMENTS.find((statement) => statement.name === name) ?? {};
      const values = text.replaceAll(":ageUs", "1").replaceAll(":max", "500");
      const plan = await current().sql(`EXPLAIN ${values}`);
      expect(plan).to.have.length(1);
      expect(String(plan[0]?.Extra)).not.to.include("filesort");
    });
  }
});
