import { expect } from "chai";
import sinon from "sinon";
import {
  DELIVERY_BATCH_MAX,
  deliverNotifications,
} from "../../../src/notification/deliverNotifications.ts";
import type { Notification, NotificationStore } from "../../../src/ports/notificationStore.ts";
import type { WebhookSender } from "../../../src/ports/webhookSender.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { recordingLog, recordingMetrics } from "../../support/recorders.ts";

const notification = (id: number, attempts = 0): Notification => ({
  id,
  messageId: `message-${id}`,
  body: { text: `no. ${id}` },
  attempts,
});

function deliveryWorld(due: readonly Notification[]) {
  const takeDue = sinon.stub<
    Parameters<NotificationStore["takeDue"]>,
    ReturnType<NotificationStore["takeDue"]>
  >();
  takeDue.resolves(due);
  const markDelivered = sinon.stub<Parameters<NotificationStore["markDelivered"]>, Promise<void>>();
  const markFailed = sinon.stub<Parameters<NotificationStore["markFailed"]>, Promise<void>>();
  const nothing = sinon.stub().rejects(new Error("not used"));
  const send = sinon.stub<Parameters<WebhookSender["send"]>, Promise<void>>().resolves();
  let open = false;
  const log = recordingLog();
  const core = {
    config: testCoreConfig({ WEBHOOK_TIMEOUT_MS: "5000" }),
    clock: fakeClock(),
    random: { next: () => 0.5 },
    metrics: recordingMetrics(),
    log,
    async withTransaction<T>(work: (tx: { label: string }) => Promise<T>): Promise<T> {
      open = true;
      try {
        return await work({ label: "tx" });
      } finally {
        open = false;
      }
    },
    notifications: {
      insert: nothing,
      takeDue,
      markDelivered,
      markFailed,
      counts: nothing,
      cleanUp: nothing,
    },
    webhook: { send },
  };
  const run = () => deliverNotifications(core);
  return { run, takeDue, markDelivered, markFailed, send, log, isOpen: () => open };
}

describe("delivering notifications", () => {
  it("posts each that is due and marks all that were taken", async () => {
    const world = deliveryWorld([notification(1), notification(2)]);
    expect(await world.run()).to.equal(false);
    expect(world.send.args.map(([{ messageId }]) => messageId)).to.deep.equal([
      "message-1",
      "message-2",
    ]);
    expect(world.markDelivered.args).to.deep.equal([[null, [1, 2]]]);
  });

  it("holds no transaction while the platform is waited for", async () => {
    const world = deliveryWorld([notification(1)]);
    const openWhileSending: boolean[] = [];
    world.send.callsFake(async () => {
      openWhileSending.push(world.isOpen());
    });
    await world.run();
    expect(openWhileSending).to.deep.equal([false]);
  });

  it("hides what it took for longer than a post may take", async () => {
    const world = deliveryWorld([]);
    await world.run();
    expect(world.takeDue.firstCall.args[2]).to.be.above(5_000);
  });

  it("tries one that was not taken again later, and the others are not held up", async () => {
    const world = deliveryWorld([notification(1, 2), notification(2)]);
    world.send
      .onFirstCall()
      .rejects(new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }));
    await world.run();
    expect(world.markDelivered.args).to.deep.equal([[null, [2]]]);
    expect(world.markFailed.args).to.deep.equal([
      [null, 1, { error: "fetch failed: connect ECONNREFUSED", retryInMs: 4_000, dead: false }],
    ]);
  });

  it("gives one up after its last attempt, with an alarm", async () => {
    const world = deliveryWorld([notification(1, 59)]);
    world.send.rejects(new Error("The webhook answered 500"));
    await world.run();
    expect(world.markFailed.firstCall.args[2]).to.include({ dead: true });
    expect(world.log.lines.map(({ level }) => level)).to.deep.equal(["error"]);
  });

  it("asks for another iteration after a full batch", async () => {
    const full = Array.from({ length: DELIVERY_BATCH_MAX }, (_unused, index) =>
      notification(index),
    );
    expect(await deliveryWorld(full).run()).to.equal(true);
  });
});
