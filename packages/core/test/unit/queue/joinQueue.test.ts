import { expect } from "chai";
import { joinQueue } from "../../../src/queue/joinQueue.ts";
import { leaveQueue } from "../../../src/queue/leaveQueue.ts";
import { queueStatus } from "../../../src/queue/queueStatus.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import {
  active,
  GENERATION_US,
  MISSING,
  NONE,
  NOW_MS,
  unitQueue,
  waiting,
} from "../../support/unitQueue.ts";

const USER = { queueId: "hall", userId: 9 };
/** A place that was given before the standing generation began. */
const OLD = GENERATION_US - 1_000_000;
const NEW = NOW_MS * 1000;

describe("joining a queue", () => {
  it("costs one call to the memory and none to the database, once the queue is known", async () => {
    const { core, store, admissions } = unitQueue();
    store.join.resolves(waiting(9, NEW));
    expect(await joinQueue(core, USER)).to.include({ status: "WAITING", position: 4, ahead: 3 });
    await joinQueue(core, USER);
    expect([store.join.callCount, store.place.callCount, store.stats.callCount]).to.deep.equal([
      2, 0, 0,
    ]);
    expect(admissions.findQueue.callCount).to.equal(1);
  });

  it("signs a token for the place", async () => {
    const { core, store } = unitQueue();
    store.join.resolves(waiting(9, NEW));
    const { token } = await joinQueue(core, USER);
    expect(core.tokens.verify(token)).to.deep.equal({
      queueId: "hall",
      userId: 9,
      sequence: NEW,
      epoch: 3,
      issuedAtMs: NOW_MS,
      activeUntilMs: undefined,
    });
  });

  it("is refused while the queue takes nobody new", async () => {
    const { core, store } = unitQueue();
    store.join.resolves({ status: "CLOSED" });
    expect(codeOf(await failureOf(joinQueue(core, USER)))).to.equal("QUEUE_CLOSED");
  });

  it("creates only the queue main", async () => {
    const { core, store, admissions } = unitQueue();
    admissions.findQueue.resolves(undefined);
    store.join.resolves(waiting(9, NEW));
    expect(codeOf(await failureOf(joinQueue(core, USER)))).to.equal("QUEUE_NOT_FOUND");
    expect(admissions.ensureQueue.callCount).to.equal(0);
    expect(await joinQueue(core, { queueId: "main", userId: 9 })).to.include({ queueId: "main" });
    expect(admissions.ensureQueue.callCount).to.equal(1);
  });

  it("asks nobody about a name that no queue can have", async () => {
    const { core, admissions } = unitQueue();
    const failure = await failureOf(joinQueue(core, { queueId: "a}{b", userId: 9 }));
    expect(codeOf(failure)).to.equal("QUEUE_NOT_FOUND");
    expect(admissions.findQueue.callCount).to.equal(0);
  });

  describe("with an earlier token", () => {
    it("keeps a place that stands", async () => {
      const { core, store, tokenOf } = unitQueue();
      store.place.resolves(waiting(9, OLD));
      await joinQueue(core, { ...USER, token: tokenOf({ sequence: OLD }) });
      expect([store.join.callCount, store.stats.callCount]).to.deep.equal([0, 0]);
    });

    it("takes the old place when there is none, or a worse one", async () => {
      for (const standing of [NONE, waiting(9, NEW)]) {
        const { core, store, tokenOf } = unitQueue();
        store.place.resolves(standing);
        store.join.resolves(waiting(9, OLD));
        await joinQueue(core, { ...USER, token: tokenOf({ sequence: OLD }) });
        expect(store.join.firstCall.args).to.deep.equal(["hall", 9, OLD]);
      }
    });

    it("knows a place from before a loss by its time of issue, if clocks step back", async () => {
      const { core, store, tokenOf } = unitQueue();
      store.place.resolves(NONE);
      store.join.resolves(waiting(9, NEW));
      const issuedAtMs = GENERATION_US / 1000 - 1;
      await joinQueue(core, { ...USER, token: tokenOf({ sequence: NEW, issuedAtMs }) });
      expect(store.join.firstCall.args).to.deep.equal(["hall", 9, NEW]);
    });

    it("goes to the tail when the place was admitted once", async () => {
      const { core, store, admissions, tokenOf } = unitQueue();
      store.place.resolves(NONE);
      store.join.resolves(waiting(9, NEW));
      admissions.findAdmission.resolves({ userId: 9, expiresAtMs: NOW_MS, ended: true });
      await joinQueue(core, { ...USER, token: tokenOf({ sequence: OLD }) });
      expect(store.join.args).to.deep.equal([["hall", 9]]);
    });

    it("goes to the tail when nothing was lost since", async () => {
      const { core, store, admissions, tokenOf } = unitQueue();
      store.place.resolves(NONE);
      store.join.resolves(waiting(9, NEW));
      await joinQueue(core, { ...USER, token: tokenOf() });
      expect(store.join.args).to.deep.equal([["hall", 9]]);
      expect(admissions.findAdmission.callCount).to.equal(0);
    });

    for (const [name, claims] of Object.entries({
      "another user": { userId: 10 },
      "another queue": { queueId: "other" },
      "another epoch": { epoch: 2 },
    })) {
      it(`goes to the tail when it is ${name}'s`, async () => {
        const { core, store, tokenOf } = unitQueue();
        store.join.resolves(waiting(9, NEW));
        await joinQueue(core, { ...USER, token: tokenOf({ sequence: OLD, ...claims }) });
        expect(store.join.args).to.deep.equal([["hall", 9]]);
      });
    }
  });
});

describe("the status of a place", () => {
  it("is told from the queue's memory, with a fresh token", async () => {
    const { core, store } = unitQueue();
    store.place.resolves(active(9, NEW));
    const ticket = await queueStatus(core, USER);
    expect(ticket).to.include({ status: "ACTIVE", position: 0, expiresAtMs: NOW_MS + 5_000 });
    expect(core.tokens.verify(ticket.token).activeUntilMs).to.equal(NOW_MS + 5_000);
  });

  it("is that of no place without a token, and of a place that is over with one", async () => {
    const { core, store, tokenOf } = unitQueue();
    store.place.resolves(NONE);
    expect(codeOf(await failureOf(queueStatus(core, USER)))).to.equal("QUEUE_PLACE_NOT_FOUND");
    const over = queueStatus(core, { ...USER, token: tokenOf() });
    expect(codeOf(await failureOf(over))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("is the older place that the token proves, where a loss left a younger one", async () => {
    const { core, store, tokenOf } = unitQueue();
    store.place.resolves(waiting(9, NEW));
    store.join.resolves(waiting(9, OLD));
    const ticket = await queueStatus(core, { ...USER, token: tokenOf({ sequence: OLD }) });
    expect(core.tokens.verify(ticket.token).sequence).to.equal(OLD);
    expect(store.join.args).to.deep.equal([["hall", 9, OLD]]);
  });

  it("is the younger place that stands, when the token's was used up", async () => {
    const { core, store, admissions, tokenOf } = unitQueue();
    store.place.resolves(waiting(9, NEW));
    admissions.findAdmission.resolves({ userId: 9, expiresAtMs: NOW_MS, ended: true });
    const ticket = await queueStatus(core, { ...USER, token: tokenOf({ sequence: OLD }) });
    expect(core.tokens.verify(ticket.token).sequence).to.equal(NEW);
    expect(store.join.callCount).to.equal(0);
  });

  it("is a place taken again after a loss", async () => {
    const { core, store, tokenOf } = unitQueue();
    store.place.resolves(NONE);
    store.join.resolves(waiting(9, OLD));
    const ticket = await queueStatus(core, { ...USER, token: tokenOf({ sequence: OLD }) });
    expect(core.tokens.verify(ticket.token).sequence).to.equal(OLD);
  });

  for (const [name, claims] of Object.entries({
    "another user's token": { userId: 10 },
    "another queue's token": { queueId: "other" },
    "a token of an earlier epoch": { epoch: 2 },
  })) {
    it(`is not told for ${name}`, async () => {
      const { core, store, tokenOf } = unitQueue();
      store.place.resolves(waiting(9, NEW));
      const asked = queueStatus(core, { ...USER, token: tokenOf(claims) });
      expect(codeOf(await failureOf(asked))).to.equal("QUEUE_TOKEN_INVALID");
    });
  }
});

describe("leaving a queue", () => {
  it("rebuilds a queue that was lost, so that the pass ends for good", async () => {
    const { core, store } = unitQueue();
    store.leave.onFirstCall().resolves(MISSING).onSecondCall().resolves({ status: "ENDED" });
    await leaveQueue(core, USER);
    expect(store.rebuild.callCount).to.equal(1);
    expect(store.leave.args).to.deep.equal([
      ["hall", 9, "LEFT"],
      ["hall", 9, "LEFT"],
    ]);
  });
});
