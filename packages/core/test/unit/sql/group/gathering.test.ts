import { expect } from "chai";
import { ALONE, gather, MemberTx } from "../../../../src/adapters/sql/group/step.ts";
import type { Tx } from "../../../../src/ports/transaction.ts";
import { yieldToEventLoop } from "../../../../src/shared/yieldToEventLoop.ts";
import { settlePromises } from "../../../support/fakeClock.ts";
import { failureOf } from "../../../support/fixtures.ts";
import { DatabaseError, groupRig, recordedStep } from "../../../support/groupRig.ts";

const nothing = async (): Promise<undefined> => undefined;

describe("the members of a group", () => {
  describe("the steps of a group", () => {
    it("are done together, in their order, also when members have different steps", async () => {
      const { join, commitAll } = groupRig();
      const first = recordedStep("idempotency.start");
      const second = recordedStep("seats.lock");
      const last = recordedStep("outbox.append");
      const works = [
        join(async (tx) => {
          await gather(tx, first, "a");
          await gather(tx, second, "a");
          return gather(tx, last, "a");
        }),
        join(async (tx) => {
          await gather(tx, second, "b");
          return gather(tx, last, "b");
        }),
        join((tx) => gather(tx, last, "c")),
      ];
      await commitAll();
      expect(await Promise.all(works)).to.deep.equal(["a of 3", "b of 3", "c of 3"]);
      expect(first.calls).to.deep.equal([["a"]]);
      expect(second.calls).to.deep.equal([["a", "b"]]);
      expect(last.calls).to.deep.equal([["a", "b", "c"]]);
    });

    it("are sent one after the other, and none after the transaction has ended", async () => {
      const { join } = groupRig();
      const sent: string[] = [];
      const ended = recordedStep("seats.lock", {
        async many() {
          sent.push("seats.lock");
          throw new DatabaseError("restart");
        },
      });
      const later = recordedStep("outbox.append", {
        async many() {
          sent.push("outbox.append");
          return [];
        },
      });
      const swallows = async (tx: Tx): Promise<void> => {
        await gather(tx, ended, "a").catch(nothing);
        await gather(tx, later, "a").catch(nothing);
      };
      const failures = [1, 2].map(() => failureOf(join(swallows)));
      for (const failure of await Promise.all(failures)) {
        expect(failure).to.be.instanceOf(DatabaseError);
      }
      expect(sent).to.deep.equal(["seats.lock"]);
    });
  });

  describe("a member that cannot stay", () => {
    it("after it wrote, runs alone, and the others form a group again", async () => {
      const { join, events, metrics, commitAll } = groupRig();
      const step = recordedStep("outbox.append");
      const failed = new Error("failed");
      const one = join((tx) => gather(tx, step, "a"));
      const two = failureOf(
        join(async (tx) => {
          await gather(tx, step, "b");
          throw failed;
        }),
      );
      const three = join((tx) => gather(tx, step, "c"));
      await commitAll();
      expect(await Promise.all([one, two, three])).to.deep.equal(["a of 2", failed, "c of 2"]);
      expect(step.calls).to.deep.include.members([["a", "b", "c"], ["a", "c"], ["b"]]);
      expect(events).to.include("rollback 1");
      const counted = (outcome: string) => metrics.counted("transaction_groups_total", { outcome });
      expect([counted("split"), counted("whole")]).to.deep.equal([1, 1]);
    });

    it("because of a locked row, runs alone and does not stop the lane", async () => {
      const { join, commits, commitNext } = groupRig({ lanes: 1 });
      const step = recordedStep("ledger.post", {
        many: async (_tx, all) => all.map((args) => (args === "locked" ? ALONE : args)),
      });
      const locked = join((tx) => gather(tx, step, "locked"));
      const free = join((tx) => gather(tx, step, "free"));
      await commitNext();
      expect(await free).to.equal("free");
      // The locked one waits in a transaction of its own, which is not committed.
      const later = [1, 2].map((n) => join((tx) => gather(tx, step, `later ${n}`)));
      await settlePromises();
      expect(commits).to.have.length(2);
      const [alone, group] = commits.splice(0);
      group?.succeed();
      expect(await Promise.all(later)).to.deep.equal(["later 1", "later 2"]);
      alone?.succeed();
      expect(await locked).to.equal("locked alone");
    });

    it("needs no COMMIT when all others leave too: a lost one would hide refusals", async () => {
      const { join, events } = groupRig();
      const step = recordedStep("idempotency.start", {
        async undo() {
          throw new Error("the rollback undoes the step");
        },
      });
      const refusals = ["a", "b"].map((name) =>
        failureOf(
          join(async (tx) => {
            await gather(tx, step, name);
            throw new Error(`${name} is refused`);
          }),
        ),
      );
      const messages = (await Promise.all(refusals)).map((error) => (error as Error).message);
      expect(messages).to.deep.equal(["a is refused", "b is refused"]);
      expect(events).to.deep.equal(["begin 1", "rollback 1"]);
    });

    it("leaves nothing of a step that can be undone", async () => {
      const { join, events, commitAll } = groupRig();
      const undone: (readonly string[])[] = [];
      const step = recordedStep("idempotency.start", {
        async undo(_tx, calls) {
          undone.push(calls);
        },
      });
      const refused = new Error("refused");
      const refusing = (name: string) =>
        failureOf(
          join(async (tx) => {
            await gather(tx, step, name);
            throw refused;
          }),
        );
      const works = [refusing("a"), join((tx) => gather(tx, step, "b")), refusing("c")];
      await commitAll();
      expect(await Promise.all(works)).to.deep.equal([refused, "b of 3", refused]);
      expect(undone).to.deep.equal([["a", "c"]]);
      expect(events).to.deep.equal(["begin 1", "commit 1"]);
    });

    for (const kind of ["other", "duplicate", "lock-wait", "locked"] as const) {
      it(`is found by halves when a joint statement fails (${kind})`, async () => {
        const { join, events, commitNext } = groupRig({ lanes: 1 });
        const step = recordedStep("outbox.append", {
          async many(_tx, all) {
            step.calls.push(all);
            if (all.includes("bad")) throw new DatabaseError(kind);
            return all;
          },
          async one() {
            throw new DatabaseError(kind);
          },
        });
        const bad = failureOf(join((tx) => gather(tx, step, "bad")));
        const others = ["a", "b", "c"].map((name) => join((tx) => gather(tx, step, name)));
        for (const _group of [["a"], ["b", "c"]]) {
          await yieldToEventLoop();
          await commitNext();
        }
        expect(await Promise.all(others)).to.deep.equal(["a", "b", "c"]);
        expect(await bad).to.have.property("message", `the database says ${kind}`);
        expect(step.calls).to.deep.equal([
          ...[["bad", "a", "b", "c"], ["bad", "a"], ["bad"]],
          ...[["a"], ["b", "c"]],
        ]);
        expect(events.filter((event) => event.startsWith("rollback"))).to.have.length(4);
      });
    }

    it("whose own statement met a locked row runs alone, and the others as a group", async () => {
      const { join, commitAll } = groupRig();
      const step = recordedStep("outbox.append");
      const meetsLock = async (tx: Tx): Promise<string> => {
        if (!(tx instanceof MemberTx)) return "alone";
        return tx.shared.statement(tx, true, async () => {
          throw new DatabaseError("lock-wait");
        });
      };
      const works = [
        join((tx) => gather(tx, step, "a")),
        join(meetsLock),
        join((tx) => gather(tx, step, "c")),
      ];
      await commitAll();
      expect(await Promise.all(works)).to.deep.equal(["a of 2", "alone", "c of 2"]);
    });
  });
});
