import { expect } from "chai";
import { admitActive } from "../../../src/queue/admitActive.ts";
import { releaseAdmission } from "../../../src/queue/releaseAdmission.ts";
import { verifyQueueToken } from "../../../src/queue/verifyQueueToken.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
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

const AWAY = new DependencyUnavailableError("redis");

describe("admitting the holder of a queue token", () => {
  it("costs one call to the queue's memory", async () => {
    const { core, store, tokenOf } = unitQueue();
    store.place.resolves(active(9, 5));
    const claims = await admitActive(core, tokenOf());
    expect(claims).to.include({ userId: 9, queueId: "hall", activeUntilMs: NOW_MS + 5_000 });
    expect(store.place.args).to.deep.equal([["hall", 9]]);
  });

  it("tells a waiting holder the position and when to come back", async () => {
    const { core, store, tokenOf } = unitQueue();
    store.place.resolves(waiting(9, 5));
    const failure = await failureOf(admitActive(core, tokenOf()));
    expect(failure).to.deep.include({
      code: "QUEUE_TOKEN_NOT_ACTIVE",
      details: { position: 4, pollAfterMs: 500 },
    });
  });

  it("refuses a place that is over", async () => {
    const { core, store, tokenOf } = unitQueue();
    store.place.resolves(NONE);
    expect(codeOf(await failureOf(admitActive(core, tokenOf())))).to.equal("QUEUE_TOKEN_EXPIRED");
  });

  it("refuses a token of an earlier epoch before it asks anybody", async () => {
    const { core, store, tokenOf } = unitQueue();
    const failure = await failureOf(admitActive(core, tokenOf({ epoch: 2 })));
    expect(codeOf(failure)).to.equal("QUEUE_TOKEN_INVALID");
    expect(store.place.callCount).to.equal(0);
  });

  it("puts a waiting holder back in line after a loss", async () => {
    const { core, store, tokenOf } = unitQueue();
    const sequence = GENERATION_US - 1;
    store.place.resolves(NONE);
    store.join.resolves(waiting(9, sequence));
    const failure = await failureOf(admitActive(core, tokenOf({ sequence })));
    expect(codeOf(failure)).to.equal("QUEUE_TOKEN_NOT_ACTIVE");
    expect(store.join.args).to.deep.equal([["hall", 9, sequence]]);
  });

  describe("while the queue's memory is away", () => {
    it("goes by the end that an active place's token carries", async () => {
      const { core, clock, store, tokenOf } = unitQueue();
      store.place.rejects(AWAY);
      const token = tokenOf({ activeUntilMs: NOW_MS + 1_000 });
      expect(await admitActive(core, token)).to.include({ userId: 9 });
      await clock.advance(1_000);
      expect(await failureOf(admitActive(core, token))).to.equal(AWAY);
    });

    it("admits nobody whose token was signed while waiting", async () => {
      const { core, store, tokenOf } = unitQueue();
      store.place.rejects(AWAY);
      expect(await failureOf(admitActive(core, tokenOf()))).to.equal(AWAY);
    });

    it("goes by the token also when the lost queue cannot be rebuilt", async () => {
      const { core, store, admissions, tokenOf } = unitQueue();
      store.place.resolves(MISSING);
      admissions.beginGeneration.rejects(new DependencyUnavailableError("mysql"));
      const token = tokenOf({ activeUntilMs: NOW_MS + 1_000 });
      expect(await admitActive(core, token)).to.include({ userId: 9 });
    });
  });
});

describe("verifying a queue token", () => {
  it("reads the claims without asking anybody, whatever the epoch", () => {
    const { core, tokenOf } = unitQueue();
    expect(verifyQueueToken(core, tokenOf({ epoch: 1 }))).to.include({ userId: 9, epoch: 1 });
  });
});

describe("giving an admission back", () => {
  const input = { queueId: "hall", userId: 9, reason: "PAID" } as const;

  it("costs one call to the queue's memory and none to the database", async () => {
    const { core, store } = unitQueue();
    store.leave.resolves({ status: "ENDED", ended: undefined });
    await releaseAdmission(core, input);
    expect(store.leave.args).to.deep.equal([["hall", 9, "PAID"]]);
  });

  for (const dependency of ["redis", "mysql"] as const) {
    it(`goes on without ${dependency}`, async () => {
      const { core, store, admissions } = unitQueue();
      store.leave.resolves(MISSING);
      admissions.beginGeneration.rejects(new DependencyUnavailableError("mysql"));
      if (dependency === "redis") store.leave.rejects(AWAY);
      await releaseAdmission(core, input);
    });
  }

  it("does not hide a mistake of ours", async () => {
    const { core, store } = unitQueue();
    store.leave.rejects(new TypeError("ours"));
    expect(await failureOf(releaseAdmission(core, input))).to.be.instanceOf(TypeError);
  });
});
