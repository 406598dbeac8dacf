import { expect } from "chai";
import { z } from "zod";
import { buyerCalls } from "../../../src/actors/buyerCalls.ts";
import { BuyerEnded } from "../../../src/actors/buyerEnded.ts";
import { accepted, failed, fakeRush, plainBuyer, refused } from "../../support/fakeRush.ts";

const PAY = { method: "POST", path: "/payment/pay", idempotencyKey: "key" } as const;
const schema = z.object({ paymentId: z.number() });
const identity = (value: { paymentId: number }): string => String(value.paymentId);

describe("buyerCalls", () => {
  it("repeats a failed request with the same key at another process", async () => {
    const environment = fakeRush({
      "POST /payment/pay": [failed("connection lost"), accepted({ paymentId: 5 })],
    });
    const reply = await buyerCalls(plainBuyer(), environment).send("pay", PAY, schema);
    expect(reply).to.deep.equal({ accepted: true, value: { paymentId: 5 } });
    expect(environment.transport.sent.map((sent) => sent.target)).to.deep.equal([0, 1]);
    expect(environment.transport.sent.map((sent) => sent.idempotencyKey)).to.deep.equal([
      "key",
      "key",
    ]);
    expect(environment.recorder.phaseSummary("pay").failedByKind).to.deep.equal({
      "connection lost": 1,
    });
  });

  it("waits as long as the server requests", async () => {
    const environment = fakeRush({
      "POST /payment/pay": [failed("HTTP 503", 7000), accepted({ paymentId: 5 })],
    });
    await buyerCalls(plainBuyer(), environment).send("pay", PAY, schema);
    expect(environment.clock.slept).to.deep.equal([7000]);
  });

  it("repeats the request while the first request with the key still runs", async () => {
    const environment = fakeRush({
      "POST /payment/pay": [refused(409, "IDEMPOTENCY_IN_PROGRESS"), accepted({ paymentId: 5 })],
    });
    const reply = await buyerCalls(plainBuyer(), environment).send("pay", PAY, schema);
    expect(reply.accepted).to.equal(true);
  });

  it("returns a refusal immediately, with its amounts", async () => {
    const environment = fakeRush({
      "POST /payment/pay": [refused(422, "INSUFFICIENT_POINTS", { required: 9, balance: 2 })],
    });
    const reply = await buyerCalls(plainBuyer(), environment).send("pay", PAY, schema);
    expect(reply).to.include({ accepted: false, code: "INSUFFICIENT_POINTS", required: 9 });
    expect(environment.transport.sent).to.have.length(1);
  });

  it("gives up after a bounded number of attempts", async () => {
    const environment = fakeRush({ "POST /payment/pay": [failed("timeout")] });
    const ended = await buyerCalls(plainBuyer(), environment)
      .send("pay", PAY, schema)
      .catch((error: unknown) => error);
    expect(ended).to.be.instanceOf(BuyerEnded).with.property("outcome", "failed");
    expect(environment.transport.sent).to.have.length(10);
  });

  it("counts an answer with an unknown shape as a failure", async () => {
    const environment = fakeRush({ "POST /payment/pay": [accepted({ paymentId: "5" })] });
    const ended = await buyerCalls(plainBuyer(), environment)
      .send("pay", PAY, schema)
      .catch((error: unknown) => error);
    expect(ended).to.be.instanceOf(BuyerEnded).with.property("outcome", "failed");
    expect(environment.recorder.phaseSummary("pay").failed).to.equal(1);
  });

  for (const repeats of ["together", "after"] as const) {
    it(`reports a repeated request (${repeats}) with a different answer`, async () => {
      const environment = fakeRush({
        "POST /payment/pay": [accepted({ paymentId: 5 }), accepted({ paymentId: 6 })],
      });
      const calls = buyerCalls(plainBuyer({ repeats }), environment);
      await calls.sendOnce("pay", PAY, schema, identity);
      expect(environment.recorder.mismatches).to.deep.equal([
        { phase: "pay", userId: 501, first: "5", second: "6" },
      ]);
    });
  }

  it("returns the accepted answer when the other answer is a refusal", async () => {
    const environment = fakeRush({
      "POST /payment/pay": [refused(409, "SEAT_CONTENDED"), accepted({ paymentId: 6 })],
    });
    const calls = buyerCalls(plainBuyer({ repeats: "together" }), environment);
    const reply = await calls.sendOnce("reserve", PAY, schema, identity);
    expect(reply).to.deep.equal({ accepted: true, value: { paymentId: 6 } });
    expect(environment.recorder.mismatches).to.deep.equal([]);
  });

  it("reports a payment that is accepted and refused under one key", async () => {
    const answers = [refused(410, "RESERVATION_EXPIRED"), accepted({ paymentId: 6 })];
    for (const both of [answers, answers.toReversed()]) {
      const environment = fakeRush({ "POST /payment/pay": both });
      const calls = buyerCalls(plainBuyer({ repeats: "together" }), environment);
      await calls.sendOnce("pay", PAY, schema, identity);
      expect(environment.recorder.mismatches).to.have.length(1);
    }
  });

  it("reports no difference between two refusals, except for a reused key", async () => {
    for (const [code, count] of [
      ["SEAT_CONTENDED", 0],
      ["IDEMPOTENCY_KEY_REUSED", 1],
    ] as const) {
      const environment = fakeRush({
        "POST /payment/pay": [refused(410, "RESERVATION_EXPIRED"), refused(422, code)],
      });
      const calls = buyerCalls(plainBuyer({ repeats: "together" }), environment);
      await calls.sendOnce("reserve", PAY, schema, identity);
      expect(environment.recorder.mismatches, code).to.have.length(count);
    }
  });
});
