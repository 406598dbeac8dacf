import { besideOpen } from "@onsale/conformance/transactionRace";
import { expect } from "chai";
import { z } from "zod";
import { onceOnly } from "../../../src/idempotency/onceOnly.ts";
import { balanceOf } from "../../../src/point/balanceOf.ts";
import type { Tx } from "../../../src/ports/transaction.ts";
import { POINTS_MAX } from "../../../src/shared/points.ts";
import { chargeInside, codeOf, failureOf, newUserId } from "../../support/fixtures.ts";
import { useMemoryCore } from "../../support/memoryCore.ts";

const AMOUNT = 5;
const BODY = { amount: AMOUNT };

describe("onceOnly", () => {
  const current = useMemoryCore();
  let userId: number;
  beforeEach("names a user", () => {
    userId = newUserId();
  });

  /** Charges points within the transaction: the effect whose repetition a balance would show. */
  const charge = (tx: Tx, key: string | undefined, body = BODY, core = current().core) =>
    onceOnly(
      core,
      tx,
      {
        userId,
        operation: "charge",
        idempotency: key === undefined ? undefined : { key },
        body,
        answer: z.object({ currentPoints: z.number() }),
      },
      async () => ({ currentPoints: await chargeInside(core, tx, userId, body.amount) }),
    );
  const request = (key: string | undefined, body = BODY) =>
    current().core.withTransaction((tx) => charge(tx, key, body));
  const balance = () => balanceOf(current().core, { userId });
  /** How many keys are stored; deletes them, so it is asked once and last. */
  const storedKeys = async () => {
    const { core, clock } = current();
    clock.pass(1);
    return core.withTransaction((tx) => core.idempotency.cleanUp(tx, 0, 10));
  };

  it("runs the work and stores its answer under the key", async () => {
    expect(await request("k")).to.deep.equal({ value: { currentPoints: AMOUNT }, replayed: false });
    expect(await balance()).to.equal(AMOUNT);
    expect(await storedKeys()).to.equal(1);
  });

  it("returns the stored answer to a repetition, without running the work", async () => {
    await request("k");
    await request("another");
    expect(await request("k")).to.deep.equal({ value: { currentPoints: AMOUNT }, replayed: true });
    expect(await balance()).to.equal(2 * AMOUNT);
  });

  it("refuses a repetition while the first request's transaction is open", async () => {
    const { core, another } = current();
    await besideOpen(another(), async ({ act, end }) => {
      await act((first, tx) => charge(tx, "k", BODY, first));
      expect(codeOf(await failureOf(request("k")))).to.equal("IDEMPOTENCY_IN_PROGRESS");
      await end("commit");
    });
    expect(await balanceOf(core, { userId })).to.equal(AMOUNT);
  });

  it("refuses another body under a used key, without running the work", async () => {
    await request("k");
    const failure = await failureOf(request("k", { amount: 6 }));
    expect(codeOf(failure)).to.equal("IDEMPOTENCY_KEY_REUSED");
    expect(await balance()).to.equal(AMOUNT);
  });

  it("leaves the key unused when the work fails", async () => {
    const { core } = current();
    const refused = core.withTransaction((tx) => charge(tx, "k", { amount: POINTS_MAX + 1 }));
    await failureOf(refused);
    expect(await request("k")).to.deep.equal({ value: { currentPoints: AMOUNT }, replayed: false });
  });

  it("leaves the key unused when the transaction fails after the work", async () => {
    const { core } = current();
    const refused = core.withTransaction(async (tx) => {
      await charge(tx, "k");
      throw new Error("the transaction fails after the effect");
    });
    await failureOf(refused);
    expect(await balance()).to.equal(0);
    expect(await request("k")).to.deep.equal({ value: { currentPoints: AMOUNT }, replayed: false });
  });

  it("runs the work each time when there is no key, and stores no answer", async () => {
    expect(await request(undefined)).to.deep.equal({
      value: { currentPoints: AMOUNT },
      replayed: false,
    });
    expect(await request(undefined)).to.include({ replayed: false });
    expect(await balance()).to.equal(2 * AMOUNT);
    expect(await storedKeys()).to.equal(0);
  });
});
