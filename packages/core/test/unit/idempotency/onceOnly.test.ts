import { expect } from "chai";
import sinon from "sinon";
import { z } from "zod";
import { onceOnly } from "../../../src/idempotency/onceOnly.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { fingerprintOf } from "../../../src/shared/idempotencyFingerprint.ts";
import { codeOf, failureOf } from "../../support/fixtures.ts";
import { portOf, unitCore, unitTx } from "../../support/unitCore.ts";

const BODY = { amount: 5 };
const RECORD = { userId: 9, operation: "charge", key: "k" } as const;

function setUp(claimed: unknown = { state: "claimed" }) {
  const claim = sinon.stub().resolves(claimed);
  const finish = sinon.stub().resolves();
  const effect = sinon.stub().resolves({ done: 1 });
  const core = unitCore({ idempotency: portOf<CoreContext["idempotency"]>({ claim, finish }) });
  const run = (key: string | undefined = "k") =>
    onceOnly(
      core,
      unitTx,
      {
        userId: 9,
        operation: "charge",
        idempotency: key === "" ? undefined : { key },
        body: BODY,
        answer: z.object({ done: z.number() }),
      },
      effect,
    );
  return { claim, finish, effect, run };
}

describe("a request with an idempotency key", () => {
  it("claims the key, makes the effect and keeps the answer, in one transaction", async () => {
    const { claim, finish, effect, run } = setUp();
    expect(await run()).to.deep.equal({ value: { done: 1 }, replayed: false });
    expect(claim.args).to.deep.equal([[unitTx, RECORD, fingerprintOf(BODY)]]);
    expect(finish.args).to.deep.equal([[unitTx, RECORD, { done: 1 }]]);
    expect(effect.callCount).to.equal(1);
  });

  it("is answered as before, without effect", async () => {
    const fingerprint = fingerprintOf(BODY);
    const { effect, run } = setUp({ state: "finished", fingerprint, answer: { done: 7 } });
    expect(await run()).to.deep.equal({ value: { done: 7 }, replayed: true });
    expect(effect.called).to.equal(false);
  });

  it("is refused while the first runs, and for another body", async () => {
    const running = setUp({ state: "in-progress" });
    expect(codeOf(await failureOf(running.run()))).to.equal("IDEMPOTENCY_IN_PROGRESS");
    const other = setUp({ state: "finished", fingerprint: "x", answer: { done: 7 } });
    expect(codeOf(await failureOf(other.run()))).to.equal("IDEMPOTENCY_KEY_REUSED");
    expect(running.effect.called || other.effect.called).to.equal(false);
  });

  it("keeps no answer when the effect fails", async () => {
    const { effect, finish, run } = setUp();
    effect.rejects(new Error("no"));
    await failureOf(run());
    expect(finish.called).to.equal(false);
  });

  it("may do without a key, and then leaves no record", async () => {
    const { claim, finish, run } = setUp();
    expect(await run("")).to.deep.equal({ value: { done: 1 }, replayed: false });
    expect(claim.called || finish.called).to.equal(false);
  });
});
