import { expect } from "chai";
import type { Notification } from "../../src/ports/notificationStore.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { useTestCore } from "../support/testCore.ts";

const MINUTE_MS = 60_000;

describe("the inbox in the database", () => {
  const current = useTestCore({}, { checkInvariants: false });
  const record = (consumer: string, messageId: string): Promise<boolean> =>
    current().core.withTransaction((tx) => current().core.inbox.record(tx, consumer, messageId));

  it("knows a message that it has seen, for each consumer alone", async () => {
    const id = systemIds.uuid();
    expect(await record("one", id)).to.equal(true);
    expect(await record("one", id)).to.equal(false);
    expect(await record("two", id)).to.equal(true);
  });

  it("gives a message that comes twice at once to one of them", async () => {
    const id = systemIds.uuid();
    const answers = await Promise.all(Array.from({ length: 10 }, () => record("one", id)));
    expect(answers.filter(Boolean)).to.have.length(1);
  });

  it("forgets the record of an effect that was rolled back", async () => {
    const id = systemIds.uuid();
    const { core } = current();
    const undone = core.withTransaction(async (tx) => {
      await core.inbox.record(tx, "one", id);
      throw new Error("no effect");
    });
    await undone.catch(() => {});
    expect(await record("one", id)).to.equal(true);
  });

  it("is cleaned up by age, oldest first, for one consumer at a time", async () => {
    const { core, sql } = current();
    const ids = Array.from({ length: 4 }, () => systemIds.uuid()).sort();
    for (const id of ids) await record("tidy", id);
    await sql(
      `UPDATE inbox_messages SET applied_at = NOW(6) - INTERVAL 1 HOUR
       WHERE consumer = 'tidy' AND message_id <> ?`,
      [ids[3] ?? ""],
    );
    const clean = () => core.withTransaction((tx) => core.inbox.cleanUp(tx, "tidy", MINUTE_MS, 2));
    expect([await clean(), await clean(), await clean()]).to.deep.equal([2, 1, 0]);
    expect(await record("tidy", ids[3] ?? "")).to.equal(false);
  });
});

describe("notices in the database", () => {
  const current = useTestCore({}, { checkInvariants: false });

  beforeEach("begins with none", async () => {
    await current().sql("DELETE FROM notifications");
  });

  const owe = async (...texts: string[]): Promise<void> => {
    const { core } = current();
    for (const text of texts) {
      await core.withTransaction((tx) =>
        core.notifications.insert(tx, { messageId: systemIds.uuid(), body: { text } }),
      );
    }
  };
  const claim = (max = 10, hiddenMs = MINUTE_MS): Promise<readonly Notification[]> =>
    current().core.withTransaction((tx) =>
      current().core.notifications.claimDue(tx, max, hiddenMs),
    );
  const textsOf = (notices: readonly Notification[]): unknown[] =>
    notices.map(({ body }) => body.text);

  it("are given out oldest first, and hidden from the next who asks", async () => {
    await owe("first", "second", "third");
    expect(textsOf(await claim(2))).to.deep.equal(["first", "second"]);
    expect(textsOf(await claim())).to.deep.equal(["third"]);
    expect(await claim()).to.deep.equal([]);
  });

  it("are given out again when their sender has died", async () => {
    await owe("one");
    await claim(1, 0);
    expect(textsOf(await claim())).to.deep.equal(["one"]);
  });

  it("trap 14: are claimed by two at once without waiting, each others", async () => {
    const { core } = current();
    await owe("first", "second");
    await core.withTransaction(async (tx) => {
      expect(textsOf(await core.notifications.claimDue(tx, 1, MINUTE_MS))).to.deep.equal(["first"]);
      // Would wait for this very transaction, and fail, if locked rows were not skipped.
      expect(textsOf(await claim())).to.deep.equal(["second"]);
    });
  });

  it("are counted as owed, delivered and given up", async () => {
    const { core } = current();
    await owe("one", "two", "three");
    const [one, two] = await claim(2);
    if (!one || !two) throw new Error("two were claimed");
    await core.notifications.markDelivered(null, [one.id]);
    const failure = { error: "x".repeat(2_000), retryInMs: MINUTE_MS, dead: true };
    await core.notifications.markFailed(null, two.id, failure);
    expect(await core.notifications.counts(null)).to.deep.equal({
      owed: 1,
      delivered: 1,
      dead: 1,
    });
  });

  it("come again after a failure, when it is time", async () => {
    const { core } = current();
    await owe("one");
    const [one] = await claim();
    if (!one) throw new Error("one was claimed");
    const failure = { error: "503", retryInMs: 0, dead: false };
    await core.notifications.markFailed(null, one.id, failure);
    expect((await claim()).map(({ attempts }) => attempts)).to.deep.equal([1]);
  });

  it("are cleaned up once delivered long ago; those given up stay", async () => {
    const { core, sql } = current();
    await owe("one", "two", "three");
    const [one, two] = await claim(2);
    if (!one || !two) throw new Error("two were claimed");
    await core.notifications.markDelivered(null, [one.id]);
    const failure = { error: "410", retryInMs: 0, dead: true };
    await core.notifications.markFailed(null, two.id, failure);
    const old = "NOW(6) - INTERVAL 1 HOUR";
    await sql(`UPDATE notifications SET next_attempt_at = ${old}, delivered_at = ${old}`);
    const clean = () => core.withTransaction((tx) => core.notifications.cleanUp(tx, MINUTE_MS, 10));
    expect(await clean()).to.equal(1);
    expect(await core.notifications.counts(null)).to.deep.equal({
      owed: 1,
      delivered: 0,
      dead: 1,
    });
  });
});
