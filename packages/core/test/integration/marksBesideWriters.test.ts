import { message } from "@onsale/conformance/database/outboxActs";
import { lastTaken } from "@onsale/conformance/database/show";
import { type Act, answerAtOnce } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { Tx } from "../../src/ports/transaction.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { useTestCore } from "../support/testCore.ts";

const LEASE_NAME = "outbox-bucket:1";
const FAILURE = { error: "503", retryInMs: 0, dead: false };
const MESSAGE_COLUMNS =
  "message_id, aggregate_type, aggregate_id, aggregate_version, type, payload, bucket, status";

/**
 * A mark often names as many rows as there are in the old state. The optimizer could then read the
 * index on the state instead, where the mark would wait for every transaction that inserts a row.
 */
describe("marks of sent rows while another transaction inserts rows", () => {
  // The messages have no transitions, so the invariants are not checked here.
  const current = useTestCore({}, { checkInvariants: false });

  /** The only rows of the table, with indexes that have no old entries. */
  async function insert(table: string, columns: string, rows: readonly string[]) {
    await current().sql(`TRUNCATE ${table}`);
    await current().sql(`INSERT INTO ${table} (${columns}) VALUES ${rows.join(", ")}`);
    const found = await current().sql(`SELECT id FROM ${table} ORDER BY id`);
    return found.map(({ id }) => Number(id));
  }

  const atOnce = <T>(first: Act<unknown>, second: Act<T>): Promise<T> => {
    const { core } = current();
    return answerAtOnce({ core, other: core }, { first, second });
  };
  const append: Act<void> = ({ outbox }, tx) => outbox.append(tx, [message({ bucket: 1 })]);
  const owe: Act<unknown> = ({ notifications }, tx) =>
    notifications.insert(tx, { messageId: systemIds.uuid(), body: { text: "new" } });
  const messages = (...states: string[]): Promise<number[]> =>
    insert(
      "outbox_messages",
      MESSAGE_COLUMNS,
      states.map((state, n) => `(UUID(), 'r', ${n}, 1, 't', '{}', 1, '${state}')`),
    );
  const notifications = (...states: string[]): Promise<number[]> =>
    insert(
      "notifications",
      "message_id, body, status",
      states.map((state) => `(UUID(), '{}', '${state}')`),
    );

  it("mark messages as published without waiting", async () => {
    const ids = await messages("PUBLISHED", "PUBLISHED", "PUBLISHED", "PENDING");
    const lease = await current().core.leases.acquire(LEASE_NAME, "me", 60_000);
    if (!lease) throw new Error("the bucket is free");
    const publish = ({ outbox }: CoreContext, tx: Tx) => outbox.markPublished(tx, [lease], ids);
    expect(await atOnce(append, publish)).to.equal(1);
  });

  it("mark a message as failed without waiting", async () => {
    const [id = 0] = await messages("PUBLISHED");
    await atOnce(append, ({ outbox }, tx) => outbox.markFailed(tx, { id, attempts: 0 }, FAILURE));
    expect(await current().core.outbox.due(null, 1, 9)).to.have.length(1);
  });

  it("mark notifications as delivered without waiting", async () => {
    const ids = await notifications("DELIVERED", "DELIVERED", "DELIVERED", "OWED");
    await atOnce(owe, ({ notifications }, tx) => notifications.markDelivered(tx, ids));
    const counts = await current().core.notifications.counts(null);
    expect(counts).to.include({ owed: 1, delivered: 4 });
  });

  it("mark a notification as failed without waiting", async () => {
    const [id = 0] = await notifications("DELIVERED");
    await atOnce(owe, ({ notifications }, tx) =>
      notifications.markFailed(tx, lastTaken(id), FAILURE),
    );
    const counts = await current().core.notifications.counts(null);
    expect(counts).to.include({ owed: 1, delivered: 1 });
  });
});
