import { expect } from "chai";
import sinon from "sinon";
import {
  DELIVERY_BATCH_MAX,
  deliverNotifications,
} from "../../../src/notification/deliverNotifications.ts";
import type { WebhookSender } from "../../../src/ports/webhookSender.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";

const ATTEMPTS_MAX = 60;

/** A core with a webhook that accepts everything unless a test says otherwise. */
function deliveryFixture() {
  const send = sinon.stub<Parameters<WebhookSender["send"]>, Promise<void>>().resolves();
  const opened = openMemoryTestCore(
    { WEBHOOK_TIMEOUT_MS: "5000" },
    { webhook: { send, probe: async () => undefined } },
  );
  const { core, servers, clock } = opened;
  const { notifications } = servers.database.tables;
  const rows = () => servers.database.autocommit((s) => s.all(notifications));

  return {
    ...opened,
    send,
    rows,
    run: () => deliverNotifications(core),
    sent: () => send.args.map(([{ messageId }]) => messageId),
    /** Creates notifications with this number of failed attempts. @returns their ids */
    async create(count: number, attempts = 0): Promise<number[]> {
      await core.withTransaction(async (tx) => {
        for (let number = 1; number <= count; number += 1) {
          const body = { text: `no. ${number}` };
          await core.notifications.insert(tx, { messageId: `message-${number}`, body });
        }
      });
      const ids = (await rows()).map(({ id }) => id);
      const failure = { error: "503", retryInMs: 0, dead: false };
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        for (const id of ids) await core.notifications.markFailed(null, id, failure);
      }
      return ids;
    },
    /** When the row is due again, in ms from now. */
    dueInMs: async (id: number) => {
      const row = (await rows()).find((each) => each.id === id);
      return (row?.nextAttemptAtUs ?? 0) / 1000 - clock.nowMs();
    },
  };
}

describe("deliverNotifications", () => {
  it("posts each due notification once and marks it as delivered", async () => {
    const { create, run, sent, core } = deliveryFixture();
    await create(2);
    expect(await run()).to.equal(false);
    expect(await run()).to.equal(false);
    expect(sent()).to.deep.equal(["message-1", "message-2"]);
    expect(await core.notifications.counts(null)).to.deep.equal({ owed: 0, delivered: 2, dead: 0 });
  });

  it("has no lock while the platform answers, so another process can change the row", async () => {
    const { create, run, send, another, core, log } = deliveryFixture();
    const ids = await create(1);
    const other = another();
    send.callsFake(() => other.notifications.markDelivered(null, ids));
    await run();
    expect(await core.notifications.counts(null)).to.include({ delivered: 1 });
    expect(log.lines).to.deep.equal([]);
  });

  it("hides a taken notification from others for longer than a post may take", async () => {
    const { create, run, send, another, clock } = deliveryFixture();
    await create(1);
    const other = another();
    const take = () => other.withTransaction((tx) => other.notifications.takeDue(tx, 10, 60_000));
    const taken: number[] = [];
    send.callsFake(async () => {
      clock.pass(5_000);
      taken.push((await take()).length);
      clock.pass(60_000);
      taken.push((await take()).length);
    });
    await run();
    expect(taken, "after the time limit of a post, and long after it").to.deep.equal([0, 1]);
  });

  it("tries a refused notification again later, and delivers the others", async () => {
    const { create, run, send, rows, dueInMs, clock, core } = deliveryFixture();
    const [first = 0] = await create(2, 2);
    send
      .onFirstCall()
      .rejects(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }));
    await run();
    const [refused, accepted] = await rows();
    const lastError = "fetch failed: connect ECONNREFUSED";
    expect(refused).to.include({ status: "OWED", attempts: 3, lastError });
    expect(accepted).to.include({ status: "DELIVERED" });
    expect(await dueInMs(first)).to.equal(4_000);
    clock.pass(3_999);
    await run();
    expect(await core.notifications.counts(null)).to.include({ delivered: 1 });
    clock.pass(1);
    await run();
    expect(await core.notifications.counts(null)).to.include({ delivered: 2 });
  });

  it("marks a notification as DEAD after its last attempt, and logs an error", async () => {
    const { create, run, send, core, log } = deliveryFixture();
    await create(1, ATTEMPTS_MAX - 1);
    send.rejects(new Error("The webhook answered 500"));
    await run();
    expect(await core.notifications.counts(null)).to.deep.equal({ owed: 0, delivered: 0, dead: 1 });
    expect(log.lines.map(({ level, fields }) => [level, fields.event])).to.deep.equal([
      ["error", "notification.given_up"],
    ]);
  });

  it("returns true after a full batch, so that the rest follows immediately", async () => {
    const { create, run, core } = deliveryFixture();
    await create(DELIVERY_BATCH_MAX + 1);
    expect(await run()).to.equal(true);
    expect(await run()).to.equal(false);
    expect(await core.notifications.counts(null)).to.include({ owed: 0 });
  });
});
