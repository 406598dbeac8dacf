import { type OpenedCore, openCore, readServersConfig, systemIds } from "@onsale/core";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

const RESERVATION = 5012;

describe("onsale notification, on the test servers", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  /** Message ids: delivered, given up, owed. */
  let messages: readonly [string, string, string];

  const run = (...words: string[]) => runInProcess(["notification", ...words], stack.env);
  const json = async (...words: string[]) => JSON.parse((await run(...words, "--json")).stdout);

  before("opens a database", async () => {
    stack = await newTestStack({ migrated: true });
    const config = readServersConfig({ ...stack.env, LOG_LEVEL: "silent" });
    opened = await openCore(config, { role: "api" });
  });

  after("closes it", async () => {
    await opened.close();
    await stack.drop();
  });

  beforeEach("makes a delivered, a dead and an owed notification", async () => {
    await stack.sql("DELETE FROM notifications");
    const { core } = opened;
    messages = [systemIds.uuid(), systemIds.uuid(), systemIds.uuid()];
    const types = ["reservation.held", "reservation.confirmed", "payment.captured"];
    for (const [at, messageId] of messages.entries()) {
      const reservationId = at < 2 ? RESERVATION : RESERVATION + 1;
      await core.withTransaction((tx) =>
        core.notifications.insert(tx, { messageId, body: { type: types[at] }, reservationId }),
      );
    }
    const rows = await stack.rows<{ id: number }>("SELECT id FROM notifications ORDER BY id");
    const [delivered = 0, dead = 0] = rows.map(({ id }) => id);
    await core.notifications.markDelivered(null, [delivered]);
    const taken = { id: dead, hiddenUntil: new Date("9000-01-01T00:00:00Z") };
    await core.notifications.markFailed(null, taken, {
      ...{ error: "The webhook answered 410: gone", retryInMs: 0, dead: true },
    });
    await core.deliveryLog.record(null, [
      { notificationId: dead, durationMs: 12, error: "The webhook answered 410: gone" },
    ]);
  });

  it("list shows the notifications of a state or of a reservation, newest first", async () => {
    const all = await run("list");
    expect(all.code, all.stderr).to.equal(0);
    for (const text of [...messages, "OWED", "DELIVERED"]) expect(all.stdout).to.include(text);
    const dead = await json("list", "--status", "dead");
    expect(dead.data.notifications).to.have.length(1);
    expect(dead.data.notifications[0]).to.include({ messageId: messages[1], status: "DEAD" });
    expect(dead.data.notifications[0].lastError).to.include("answered 410: gone");
    const own = await json("list", "--reservation", String(RESERVATION));
    expect(own.data.notifications.map((one: { type: string }) => one.type)).to.deep.equal([
      ...["reservation.confirmed", "reservation.held"],
    ]);
    expect((await run("list", "--limit", "1")).stderr).to.include("Next page: --before");
  });

  it("show has the body and each attempt", async () => {
    const shown = await run("show", messages[1]);
    expect(shown.code, shown.stderr).to.equal(0);
    expect(shown.stdout).to.include("reservation.confirmed of reservation 5012");
    expect(shown.stdout).to.include("12 ms").and.include("The webhook answered 410: gone");
    const unknown = await run("show", systemIds.uuid());
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.include("NOTIFICATION_NOT_FOUND");
  });

  it("repeat makes one notification due again, after a plan", async () => {
    const plan = await run("repeat", messages[0]);
    expect(plan.code, plan.stderr).to.equal(0);
    expect(plan.stdout).to.include("1 notification would change").and.include(messages[0]);
    expect(await opened.core.notifications.counts(null)).to.include({ owed: 1, delivered: 1 });
    expect((await run("repeat", messages[0], "--execute")).code).to.equal(0);
    expect(await opened.core.notifications.counts(null)).to.include({ owed: 2, delivered: 0 });
  });

  it("repeat --dead makes those due that were given up, and doctor names them before", async () => {
    const before = await runInProcess(["doctor", "--json"], stack.env);
    expect(before.stdout).to.include("NOTIFICATIONS_DEAD");
    expect((await run("repeat", "--dead")).stdout).to.include("1 notification would change");
    expect((await run("repeat", "--dead", "--execute")).code).to.equal(0);
    expect(await opened.core.notifications.counts(null)).to.deep.equal({
      ...{ owed: 2, delivered: 1, dead: 0 },
    });
    const after = await runInProcess(["doctor", "--json"], stack.env);
    expect(after.stdout).to.not.include("NOTIFICATIONS_DEAD");
  });

  it("repeat needs a message, a reservation or --dead", async () => {
    const refused = await run("repeat");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include("name a message, a reservation");
  });
});
