import { expect } from "chai";
import { repeatUntil } from "../../src/repeatUntil.ts";

describe("repeatUntil", () => {
  it("repeats the work until the signal, and returns the last result without a pause", async () => {
    const stop = new AbortController();
    let count = 0;
    const result = await repeatUntil(stop.signal, 1, async () => {
      count += 1;
      if (count === 3) stop.abort();
      return count;
    });
    expect(result).to.equal(3);
  });

  it("runs the work once when the signal was aborted before the call", async () => {
    expect(await repeatUntil(AbortSignal.abort(), 60_000, async () => "once")).to.equal("once");
  });

  it("rejects with the failure of the work", async () => {
    const failure = await repeatUntil(new AbortController().signal, 1, async () => {
      throw new Error("away");
    }).catch((error: Error) => error.message);
    expect(failure).to.equal("away");
  });
});
