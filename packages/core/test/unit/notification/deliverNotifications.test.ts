import { lastTaken } from "@onsale/conformance/database/show";
import { expect } from "chai";
import sinon from "sinon";
import {
  DELIVERY_BATCH_MAX,
  deliverNotifications,
} from "../../../src/notification/deliverNotifications.ts";
import { DeliveryError, ReceiverPausedError } from "../../../src/notification/errors.ts";
import type { WebhookSender } from "../../../src/ports/webhookSender.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";

const ATTEMPTS_MAX = 60;
const FAILURE = { error: "400", retryInMs: 0, dead: false } as const;

/** A core with a webhook that accepts everything unless a test says otherwise. */
function deliveryFixture() {
  const send = sinon.stub<Parameters<WebhookSender["send"]>, Promise<void>>().resolves();
  const capacity = sinon.stub<[], number>().returns(Number.POSITIVE_INFINITY);
  const opened = openMemoryTestCore(
    { WEBHOOK_TIMEOUT_MS: "5000" },
    { webhook: { send, capacity, probe: async () => undefined } },
  );
  const { core, servers, clock } = opened;
  const { notifications } = servers.database.tables;
  const rows = () => servers.database.autocommit((s) => s.all(notifications));

  return {
    ...opened,
    send,
    capacity,
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
        for (const id of ids) await core.notifications.markFailed(null, lastTaken(id), failure);
      }
      return ids;
    },
    /** Creates one notification for each given reservation, in this order. */
    async createFor(...reservationIds: number[]): Promise<void> {
      await core.withTransaction(async (tx) => {
        for (const [at, reservationId] of reservationIds.entries()) {
          const messageId = `${reservationId}-${at}`;
          await core.notifications.insert(tx, { messageId, body: {}, reservationId });
        }
      });
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

  it("posts the notifications of a reservation one after the other, in their order", async () => {
    const { createFor, run, sent } = deliveryFixture();
    await createFor(7, 7, 8, 7);
    expect(await run(), "a later one may follow").to.equal(true);
    expect(sent()).to.deep.equal(["7-0", "8-2"]);
    while (await run());
    expect(sent().slice(2)).to.deep.equal(["7-1", "7-3"]);
  });

  it("lets a refused notification delay its own reservation, and no other", async () => {
    const { createFor, run, send, sent, clock } = deliveryFixture();
    await createFor(7, 7, 8);
    send.onFirstCall().rejects(new Error("The webhook answered 400"));
    while (await run());
    expect(sent()).to.deep.equal(["7-0", "8-2"]);
    clock.pass(4_000);
    while (await run());
    expect(sent().slice(2)).to.deep.equal(["7-0", "7-1"]);
  });

  for (const [end, attempts, rejections, counts] of [
    ["accepted", 3, 1, { owed: 0, delivered: 3, dead: 0 }],
    ["given up", ATTEMPTS_MAX - 3, 2, { owed: 0, delivered: 2, dead: 1 }],
  ] as const) {
    it(`postpones those behind a refused one with it, until it is ${end}`, async () => {
      const { createFor, rows, run, send, sent, core } = deliveryFixture();
      await createFor(7, 7);
      const [{ id = 0 } = {}] = await rows();
      const failOnce = () => core.notifications.markFailed(null, lastTaken(id), FAILURE);
      for (let attempt = 0; attempt < attempts; attempt += 1) await failOnce();
      for (let call = 0; call < rejections; call += 1) {
        send.onCall(call).rejects(new Error("The webhook answered 400"));
      }
      while (await run());
      await createFor(7);
      while (await run());
      const [first = 0, ...behind] = (await rows()).map(({ nextAttemptAtUs }) => nextAttemptAtUs);
      expect(behind).to.deep.equal([first + 1_000, first + 1_000]);
      // The next attempt is now, as after `onsale notification retry`.
      await failOnce();
      while (await run());
      while (await run());
      expect(sent()).to.deep.equal(["7-0", "7-0", "7-1", "7-0"]);
      expect(await core.notifications.counts(null)).to.deep.equal(counts);
    });
  }

  it("continues a reservation behind a notification that was given up", async () => {
    const { createFor, rows, run, sent, core } = deliveryFixture();
    await createFor(7, 7);
    const [first] = await rows();
    await core.notifications.markFailed(null, lastTaken(first?.id ?? 0), {
      ...{ error: "410", retryInMs: 0, dead: true },
    });
    while (await run());
    expect(sent()).to.deep.equal(["7-1"]);
  });

  it("takes nothing while the receiver pauses, and one notification to test it", async () => {
    const { create, capacity, run, sent, rows } = deliveryFixture();
    await create(3);
    capacity.returns(0);
    expect(await run()).to.equal(false);
    expect(sent()).to.deep.equal([]);
    capacity.returns(1);
    await run();
    expect(sent()).to.deep.equal(["message-1"]);
    expect((await rows()).map(({ attempts }) => attempts)).to.deep.equal([1, 0, 0]);
  });

  it("counts no attempt for a notification that a pause kept back", async () => {
    const { create, run, send, rows, dueInMs, core } = deliveryFixture();
    const [id = 0] = await create(1);
    send.onFirstCall().rejects(new ReceiverPausedError());
    await run();
    expect((await rows())[0]).to.include({ status: "OWED", attempts: 0, lastError: null });
    expect(await dueInMs(id)).to.equal(5_000);
    expect(await core.deliveryLog.deliveries(null, id, 10)).to.deep.equal([]);
  });

  it("waits as long as the receiver asks for", async () => {
    const { create, run, send, dueInMs } = deliveryFixture();
    const [id = 0] = await create(1);
    const busy = { isOutage: true, retryAfterMs: 120_000 };
    send.onFirstCall().rejects(new DeliveryError("The webhook answered 429: slowly", busy));
    await run();
    expect(await dueInMs(id)).to.equal(120_000);
  });

  it("writes each attempt to the delivery log", async () => {
    const { create, run, send, clock, core } = deliveryFixture();
    const [id = 0] = await create(1);
    send.onFirstCall().callsFake(async () => {
      clock.pass(40);
      throw new Error("The webhook answered 503: busy");
    });
    await run();
    clock.pass(60_000);
    await run();
    const log = await core.deliveryLog.deliveries(null, id, 10);
    expect(log.map(({ durationMs, error }) => [durationMs, error])).to.deep.equal([
      [40, "The webhook answered 503: busy"],
      [0, undefined],
    ]);
  });
});
