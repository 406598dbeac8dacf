import { expect } from "chai";
import { dropBenchKeys } from "../../../src/bench/benchRedis.ts";

describe("dropBenchKeys", () => {
  it("reports why Redis cannot be reached", async () => {
    const failure: unknown = await dropBenchKeys("redis://127.0.0.1:1/0", "study:").catch(
      (error: unknown) => error,
    );
    expect(failure).to.include({ code: "ECONNREFUSED" });
  });
});
