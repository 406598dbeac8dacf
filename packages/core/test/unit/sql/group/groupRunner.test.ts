import { expect } from "chai";
import { ALONE, gather } from "../../../../src/adapters/sql/group/step.ts";
import { settlePromises } from "../../../support/fakeClock.ts";
import { codeOf, failureOf } from "../../../support/fixtures.ts";
import { groupRig, recordedStep } from "../../../support/groupRig.ts";

const nothing = async (): Promise<undefined> => undefined;

describe("groupRunner", () => {
  it("runs works without a group, and all works with a maximum of one, alone", async () => {
    const { withTransaction, events, commitAll } = groupRig();
    const own = withTransaction(async (tx) => tx.label);
    await commitAll();
    expect(await own).to.equal("tx 1");
    expect(events).to.deep.equal(["begin 1", "commit 1"]);
    const single = groupRig({ membersMax: 1 });
    const labels = Promise.all([1, 2].map(() => single.join(async (tx) => tx.label)));
    await single.commitAll();
    expect(await labels).to.deep.equal(["tx 1", "tx 2"]);
  });

  it("begins at once, and forms the next group of those that come meanwhile", async () => {
    const { join, events, commitNext } = groupRig({ lanes: 1 });
    const labels: Promise<string>[] = [join(async (tx) => tx.label)];
    await settlePromises();
    expect(events).to.deep.equal(["begin 1"]);
    for (let n = 0; n < 3; n += 1) labels.push(join(async (tx) => tx.label));
    await settlePromises();
    expect(events, "the lane is busy").to.deep.equal(["begin 1"]);
    await commitNext();
    await commitNext();
    expect(await Promise.all(labels)).to.deep.equal(["tx 1", "group", "group", "group"]);
    expect(events).to.deep.equal(["begin 1", "commit 1", "begin 2", "commit 2"]);
  });

  it("runs as many groups at a time as there are lanes", async () => {
    const { join, commits } = groupRig({ lanes: 2 });
    for (let n = 0; n < 4; n += 1) {
      void join(nothing);
      await settlePromises();
    }
    expect(commits.map(({ number }) => number)).to.deep.equal([1, 2]);
  });

  it("starts a further lane for a full group only, when the lanes have many members", async () => {
    const { join, commits, commitAll } = groupRig({ lanes: 2, membersMax: 20 });
    const works = Array.from({ length: 16 }, () => join(nothing));
    await settlePromises();
    works.push(...Array.from({ length: 19 }, () => join(nothing)));
    await settlePromises();
    expect(commits.map(({ number }) => number)).to.deep.equal([1]);
    works.push(join(nothing));
    await settlePromises();
    expect(commits.map(({ number }) => number)).to.deep.equal([1, 2]);
    await commitAll();
    await Promise.all(works);
  });

  it("starts a further lane for any member when the running group is stalled", async () => {
    const { clock, join, commits, commitAll } = groupRig({ lanes: 2, membersMax: 20 });
    const works = Array.from({ length: 16 }, () => join(nothing));
    await settlePromises();
    works.push(join(nothing));
    await clock.advance(200);
    expect(commits.map(({ number }) => number)).to.deep.equal([1]);
    await clock.advance(100);
    expect(commits.map(({ number }) => number)).to.deep.equal([1, 2]);
    await commitAll();
    await Promise.all(works);
  });

  it("takes no more members than the maximum, in the order in which they came", async () => {
    const { join, commitAll } = groupRig({ lanes: 1, membersMax: 3 });
    const step = recordedStep("outbox.append");
    const works = ["a", "b", "c", "d", "e"].map((name) => join((tx) => gather(tx, step, name)));
    await commitAll();
    expect(await Promise.all(works)).to.deep.equal([
      ...["a of 3", "b of 3", "c of 3"],
      ...["d of 2", "e of 2"],
    ]);
  });

  it("gives no answer, also no refusal, before the COMMIT", async () => {
    const { join, commitNext } = groupRig();
    const refused = new Error("refused");
    const outcomes: string[] = [];
    const one = join(async () => "fine").then((value) => outcomes.push(value));
    const two = join(async () => {
      throw refused;
    }).catch((error: Error) => outcomes.push(error.message));
    await settlePromises();
    expect(outcomes).to.deep.equal([]);
    await commitNext();
    await Promise.all([one, two]);
    expect(outcomes).to.deep.equal(["fine", "refused"]);
  });

  it("gives the error of a failed COMMIT to all members", async () => {
    const { join, commits } = groupRig();
    const works = [1, 2].map(() => failureOf(join(nothing)));
    await settlePromises();
    const failure = new Error("the outcome is unknown");
    commits[0]?.fail(failure);
    expect(await Promise.all(works)).to.deep.equal([failure, failure]);
  });

  describe("the bounds of a line", () => {
    it("refuse the member after 4,096 waiting ones immediately", async () => {
      const { join } = groupRig({ lanes: 1 });
      void join(nothing);
      await settlePromises();
      for (let n = 0; n < 4_096; n += 1) void join(nothing).catch(nothing);
      expect(codeOf(await failureOf(join(nothing)))).to.equal("OVERLOADED");
    });

    it("refuse a member that has waited longer than three seconds", async () => {
      const { join, clock, commitNext, commitAll } = groupRig({ lanes: 1 });
      const first = [join(nothing), join(nothing)];
      await settlePromises();
      const old = failureOf(join(nothing));
      await clock.advance(3_001);
      const fresh = join(nothing);
      await commitNext();
      expect(codeOf(await old)).to.equal("OVERLOADED");
      await commitAll();
      await Promise.all([...first, fresh]);
    });
  });

  it("lets a second work of a buyer wait, and other buyers pass it", async () => {
    const { join, events, commitNext, commitAll } = groupRig({ lanes: 2 });
    const step = recordedStep("outbox.append");
    const add = (name: string, userId: number) => join((tx) => gather(tx, step, name), userId);
    const works = [add("a1", 1), add("b1", 2), add("a2", 1), add("c1", 3), add("a3", 1)];
    await settlePromises();
    expect(step.calls).to.deep.equal([["a1", "b1", "c1"]]);
    await commitNext();
    expect(step.calls.slice(1)).to.deep.equal([["a2"]]);
    await commitAll();
    await Promise.all(works);
    expect(step.calls.slice(2)).to.deep.equal([["a3"]]);
    expect(events.filter((event) => event.startsWith("begin"))).to.have.length(3);
  });

  it("runs at most four members alone at a time, and all of them in the end", async () => {
    const { join, commits, commitAll } = groupRig();
    const step = recordedStep("ledger.post", { many: async (_tx, all) => all.map(() => ALONE) });
    const works = Array.from({ length: 10 }, (_unused, n) =>
      join((tx) => gather(tx, step, String(n))),
    );
    await settlePromises();
    expect(commits).to.have.length(4);
    await commitAll();
    expect(await Promise.all(works)).to.deep.equal(works.map((_work, n) => `${n} alone`));
  });

  describe("a work that waits alone for another transaction", () => {
    it("leaves its lane to waiting members, which then skip rows as a group", async () => {
      const { join, clock, commits } = groupRig({ lanes: 1 });
      const step = recordedStep("ledger.post");
      const stuck = join((tx) => gather(tx, step, "stuck"));
      await settlePromises();
      const [held] = commits.splice(0);
      const next = join((tx) => gather(tx, step, "next"));
      await clock.advance(49);
      expect(commits).to.have.length(0);
      await clock.advance(1);
      await settlePromises();
      expect(step.calls).to.deep.equal([["stuck"], ["next"]]);
      commits.shift()?.succeed();
      expect(await next, "by the joint step").to.equal("next of 1");
      held?.succeed();
      expect(await stuck).to.equal("stuck alone");
    });

    it("keeps its lane while no other work of the kind waits", async () => {
      const { join, clock, commits, commitAll } = groupRig({ lanes: 1 });
      const slow = join(nothing);
      await clock.advance(1_000);
      expect(clock.sleeping()).to.equal(0);
      expect(commits).to.have.length(1);
      await commitAll();
      await slow;
    });
  });

  it("refuses members that wait longer than three seconds to run alone", async () => {
    const { join, clock, commitAll } = groupRig();
    const step = recordedStep("ledger.post", { many: async (_tx, all) => all.map(() => ALONE) });
    const works = Array.from({ length: 6 }, (_unused, n) =>
      join((tx) => gather(tx, step, String(n))).catch(codeOf),
    );
    await settlePromises();
    await clock.advance(3_001);
    await commitAll();
    const alone = [0, 1, 2, 3].map((n) => `${n} alone`);
    expect(await Promise.all(works)).to.deep.equal([...alone, "OVERLOADED", "OVERLOADED"]);
  });
});
