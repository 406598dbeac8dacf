import { expect } from "chai";
import { lagFindings } from "../../../src/diagnosis/lagFindings.ts";
import { notificationFindings } from "../../../src/diagnosis/notificationFindings.ts";
import { topicOf } from "../../../src/outbox/topics.ts";
import { notifierWorks } from "../../../src/runbook/readings/consumerReadings.ts";
import type { ManualRequest } from "../../../src/runbook/runbookStep.ts";
import { planRunbook } from "../../../src/runbook/runRunbook.ts";
import { chargedUser, held, makeSeat, newUserId } from "../../support/fixtures.ts";
import { type MemoryTestCore, useMemoryCore } from "../../support/memoryCore.ts";
import { operationCases } from "../../support/operationCases.ts";
import { runBook, runbookCases } from "../../support/runbookCases.ts";
import { useWorkerLoops, type WorkerLoops } from "../../support/workerLoops.ts";

const runbook = "consumer-stalled";
/** No hold expires during a test, because its end would be a notification too. */
const LONG_HOLDS = { HOLD_TTL_MS: "3600000" };

/** Notifications of three holds that the receiver refused; their next attempt is in an hour. */
async function refuse(
  { core, clock }: MemoryTestCore,
  worker: WorkerLoops,
): Promise<readonly number[]> {
  worker.isReceiverDown = true;
  for (let hold = 0; hold < 3; hold += 1) await held(core, newUserId(), [await makeSeat(core)]);
  await worker.start();
  await clock.sleep(10_000);
  await worker.stop();
  clock.pass(61_000);
  const taken = await core.withTransaction((tx) => core.notifications.takeDue(tx, 10, 0));
  const failure = { error: "503", retryInMs: 3_600_000, dead: false };
  for (const one of taken) await core.notifications.markFailed(null, one, failure);
  expect(taken).to.have.length(3);
  return taken.map(({ id }) => id);
}

describe("the runbook consumer-stalled", () => {
  const opened = useMemoryCore(LONG_HOLDS);
  const worker = useWorkerLoops(opened, { consumes: true });
  const current = (): MemoryTestCore => {
    const core = { ...opened().core, webhook: worker.webhook };
    return { ...opened(), core };
  };
  const handlers = {
    async manual({ step }: ManualRequest) {
      if (step.name === "restore-receiver") worker.isReceiverDown = false;
      await worker.start();
      return false;
    },
  };
  let refused: readonly number[] = [];
  const counts = () => current().core.notifications.counts(null);
  const prepare = async () => {
    refused = await refuse(current(), worker);
    const [found] = await notificationFindings(current().core);
    expect(found).to.include({ code: "NOTIFICATIONS_OLD", runbook });
    expect(found?.message).to.include("oldest of 3 undelivered").and.include("one failed: 503");
    return undefined;
  };

  runbookCases({
    ...{ runbook, current, handlers, prepare, read: counts },
    disturb: () => opened().core.notifications.markDelivered(null, refused),
    async expectDone() {
      expect(await counts()).to.deep.equal({ owed: 0, delivered: 3, dead: 0 });
    },
  });

  it("lets a new worker read the messages that no consumer has read", async () => {
    const { core } = current();
    await held(core, await chargedUser(core), [await makeSeat(core)]);
    const topic = topicOf(core.config, "payment");
    const unreadable = Array.from({ length: 1_001 }, (_unused, key) => ({
      ...{ messageId: `m-${key}`, topic, key: String(key), value: "{}", headers: {} },
    }));
    await core.publisher.publish(unreadable);
    worker.isReceiverDown = false;
    expect((await lagFindings(core)).map(({ code }) => code)).to.deep.equal(["CONSUMER_LAG"]);
    const planned = await planRunbook(core, { runbook });
    const report = await runBook(current(), planned, { handlers });
    expect(report).to.include({ status: "DONE" });
    expect(report.passed.map(({ result }) => result)).to.deep.equal([
      ...["done", "already", "already", "already"],
    ]);
  });

  it("asks for a new worker when few messages are unread and none is read", async () => {
    const { core } = current();
    const topic = topicOf(core.config, "payment");
    const message = { messageId: "m-1", topic, key: "1", value: "{}", headers: {} };
    await core.publisher.publish([message]);
    // The delivery loop of another worker runs, and its consumer hangs.
    const loops = { "notification-delivery": 100 };
    const id = "0c7f4b0e-0000-7000-8000-000000000001";
    const beat = () => core.workers.beat({ id, processName: "w", loops });
    await beat();
    const clock = {
      ...core.clock,
      sleep: async (ms: number) => {
        await core.clock.sleep(ms);
        await beat();
      },
    };
    const reading = await notifierWorks.look({ core: { ...core, clock }, subject: "" });
    expect(reading.holds).to.equal(false);
    expect(reading.read).to.match(
      /^1 unread in .*payment\/\d+ of reservation-notifier, none read in 4 s$/,
    );
  });

  it("stops while the receiver does not answer, and delivers nothing", async () => {
    await prepare();
    const planned = await planRunbook(current().core, { runbook });
    await worker.start();
    const report = await runBook(current(), planned);
    expect(report).to.include({ status: "STOPPED" });
    expect(report.stopped?.detail).to.include("restore-receiver").and.include("answered 503");
    expect(await counts()).to.include({ owed: 3 });
  });
});

describe("notification.retry", () => {
  const current = useMemoryCore(LONG_HOLDS);
  const worker = useWorkerLoops(current, { consumes: true });
  let refused: readonly number[] = [];

  operationCases({
    operation: "notification.retry",
    current,
    async prepare() {
      refused = await refuse(current(), worker);
      return {};
    },
    read: () => current().core.notifications.countPostponed(null, 60_000),
    disturb: () => current().core.notifications.markDelivered(null, refused),
    async expectDone() {
      const { core } = current();
      expect(await core.notifications.countPostponed(null, 0)).to.equal(0);
      const due = await core.withTransaction((tx) => core.notifications.takeDue(tx, 10, 0));
      expect(due).to.have.length(3);
    },
  });
});
