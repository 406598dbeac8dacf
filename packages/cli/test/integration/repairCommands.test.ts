import {
  chargePoints,
  type OpenedCore,
  openCore,
  readServersConfig,
  systemIds,
} from "@onsale/core";
import { expect } from "chai";
import { runInProcess } from "../support/runInProcess.ts";
import { runOnsale } from "../support/runOnsale.ts";
import { newTestStack, type TestStack } from "../support/testServers.ts";

const HOUR_MS = 3_600_000;
const MANY = 100;
const CHARGED = 10_000;

describe("onsale repairs on the test servers", () => {
  let stack: TestStack;
  let opened: OpenedCore;
  const run = (...words: string[]) => runInProcess(words, stack.env);
  const json = async (...words: string[]) => {
    const { stdout, code } = await run(...words, "--json");
    return { code, ...JSON.parse(stdout) };
  };
  const shown = async (auditId: number) => (await json("audit", "show", String(auditId))).data;

  before(async () => {
    stack = await newTestStack({ migrated: true });
    const config = readServersConfig({ ...stack.env, LOG_LEVEL: "silent" });
    opened = await openCore(config, { role: "api" });
  });
  after(async () => {
    await opened.close();
    await stack.drop();
  });

  describe("notification retry", () => {
    const retry = ["notification", "retry"];
    const due = async () => {
      const { notifications } = opened.core;
      const { length } = await opened.core.withTransaction((tx) =>
        notifications.takeDue(tx, MANY, HOUR_MS),
      );
      return length;
    };

    beforeEach("makes three notifications; two of them failed and wait for an hour", async () => {
      await stack.sql("DELETE FROM notifications");
      const { core } = opened;
      for (let made = 0; made < 3; made += 1) {
        await core.withTransaction((tx) =>
          core.notifications.insert(tx, { messageId: systemIds.uuid(), body: { made } }),
        );
      }
      const ids = await stack.rows<{ id: number }>("SELECT id FROM notifications ORDER BY id");
      const failure = { error: "503 from the platform", retryInMs: HOUR_MS, dead: false };
      for (const { id } of ids.slice(1)) {
        const taken = { id, hiddenUntil: new Date("9000-01-01T00:00:00Z") };
        await core.notifications.markFailed(null, taken, failure);
      }
    });

    it("plans, makes the waiting notifications due, and is audited", async () => {
      const plan = await run(...retry);
      expect(plan.code, plan.stderr).to.equal(0);
      expect(plan.stdout)
        .to.include("2 notifications would change")
        .and.include("3 notifications are not delivered yet; one failed: 503 from the platform")
        .and.include("Nothing has changed");
      const { code, data } = await json(...retry, "--execute", "--reason", "it answers again");
      expect(code).to.equal(0);
      expect(data).to.deep.include({ status: "DONE", changed: 2, verifications: [] });
      expect(await due()).to.equal(3);
      expect(await shown(data.auditId)).to.deep.include({
        ...{ operation: "notification.retry", outcome: "DONE", changed: 2 },
        ...{ reason: "it answers again", before: { postponed: 2 }, after: { postponed: 0 } },
      });
    });

    it("changes nothing until it is executed, and finds none afterwards", async () => {
      await run(...retry);
      expect(await due()).to.equal(1);
      expect((await run(...retry, "--execute")).code).to.equal(0);
      const again = await run(...retry, "--execute");
      expect([again.code, again.stderr]).to.deep.include(3);
      expect(again.stderr).to.include("PLAN_MISSING");
      const empty = await run(...retry);
      expect(empty.stdout).to.include("0 notifications would change");
    });

    it("stops at --max with exit code 4, and the same job continues", async () => {
      await run(...retry);
      const first = await json(...retry, "--execute", "--max", "1");
      expect([first.code, first.data.changed]).to.deep.equal([4, 1]);
      const more = ["--execute", "--job", first.data.jobId];
      const second = await json(...retry, ...more);
      expect([second.code, second.data.changed]).to.deep.equal([0, 2]);
      expect(await due()).to.equal(3);
    });

    it("cannot be undone, and says why", async () => {
      await run(...retry);
      const { data } = await json(...retry, "--execute");
      const undo = await run("undo", String(data.auditId));
      expect([undo.code, undo.stderr]).to.deep.include(3);
      expect(undo.stderr)
        .to.include("CANNOT_UNDO")
        .and.include("the workers may have delivered the notifications already");
    });

    it("refuses flags and limits that it does not know, with exit code 2", async () => {
      for (const words of [["--all"], ["--max", "0"], ["--rps", "fast"], ["--job", "x"]]) {
        const { code, stderr } = await run(...retry, ...words);
        expect(code, words.join(" ")).to.equal(2);
        expect(stderr).to.include("USAGE");
      }
      const condition = await run(...retry, "--execute", "--abort-if", "moon>1");
      expect([condition.code, condition.stderr]).to.deep.include(2);
      expect(condition.stderr).to.include("figures: holds.p95");
      expect(await due()).to.equal(1);
    });
  });

  describe("point restore-balance", () => {
    let userId = 700;
    const restore = (...more: string[]) => ["point", "restore-balance", String(userId), ...more];
    const yes = () => ["--execute", "--reason", "a damaged row", `--confirm=${userId}`];
    const balance = () => opened.core.ledger.balanceOf(null, userId);
    const damage = (by: number) =>
      stack.sql(`UPDATE point_accounts SET balance = balance + ${by} WHERE user_id = ${userId}`);

    beforeEach("makes a user with two entries", async () => {
      userId += 1;
      await chargePoints(opened.core, { userId, amount: CHARGED - 1 });
      await chargePoints(opened.core, { userId, amount: 1 });
    });

    it("plans, restores the sum of the ledger, verifies it, and is audited", async () => {
      await damage(7);
      const plan = await run(...restore());
      expect(plan.code, plan.stderr).to.equal(0);
      expect(plan.stdout)
        .to.include(`user ${userId}: 10007 -> 10000`)
        .and.include("The 2 entries follow from each other")
        .and.include(`--confirm=${userId} and --reason`);
      expect(await balance()).to.equal(10_007);
      const done = await runOnsale(restore(...yes()), stack.env);
      expect(done.code, done.stderr).to.equal(0);
      expect(done.stdout).to.include(
        `verified  the balance of user ${userId} is the sum of the ledger`,
      );
      expect(await balance()).to.equal(CHARGED);
      expect((await run("point", "reconcile", String(userId))).stdout).to.include("No difference");
      const [, auditId] = /Audit record (\d+)/.exec(done.stdout) ?? [];
      const record = await shown(Number(auditId));
      expect(record).to.include({ operation: "point.restoreBalance", outcome: "DONE", changed: 1 });
      expect(record).to.include({ reason: "a damaged row" });
      expect([record.before.balance, record.after.balance]).to.deep.equal([10_007, CHARGED]);
    });

    it("cannot be undone, and says why", async () => {
      await damage(-3);
      await run(...restore());
      const { data } = await json(...restore(...yes()));
      const undo = await run("undo", String(data.auditId));
      expect([undo.code, undo.stderr]).to.deep.include(3);
      expect(undo.stderr)
        .to.include("CANNOT_UNDO")
        .and.include("the former balance contradicted the ledger");
      expect(await balance()).to.equal(CHARGED);
    });

    it("refuses without the confirmation or the reason, and a stale plan", async () => {
      await damage(7);
      await run(...restore());
      const codes = { CONFIRMATION_REQUIRED: [], REASON_REQUIRED: [`--confirm=${userId}`] };
      for (const [code, flags] of Object.entries(codes)) {
        const refused = await run(...restore("--execute", ...flags));
        expect([refused.code, refused.stderr]).to.deep.include(3);
        expect(refused.stderr).to.include(code);
      }
      await damage(1);
      const stale = await run(...restore(...yes()));
      expect([stale.code, stale.stderr]).to.deep.include(3);
      expect(stale.stderr)
        .to.include("PLAN_STALE")
        .and.include("balance: 10007 when it was planned, 10008 now");
      expect(await balance()).to.equal(10_008);
    });

    it("refuses a right balance, a ledger that proves nothing, and a word", async () => {
      const right = await run(...restore());
      expect([right.code, right.stderr]).to.deep.include(1);
      expect(right.stderr).to.include("INVALID_INPUT").and.include("it is right");
      await damage(7);
      await stack.sql(`DELETE FROM point_entries WHERE user_id = ${userId} ORDER BY id LIMIT 1`);
      const missing = await run(...restore());
      expect([missing.code, missing.stderr]).to.deep.include(1);
      expect(missing.stderr).to.include(`the ledger of user ${userId} does not prove a balance`);
      const word = await run("point", "restore-balance", "ada");
      expect([word.code, word.stderr]).to.deep.include(2);
      expect(await balance()).to.equal(10_007);
    });
  });
});
