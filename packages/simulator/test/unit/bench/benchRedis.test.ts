import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import { dropBenchKeys } from "../../../src/bench/benchRedis.ts";

const failureAt = (port: number, answerMsMax?: number): Promise<unknown> =>
  dropBenchKeys(`redis://127.0.0.1:${port}/0`, "study:", answerMsMax).catch(
    (error: unknown) => error,
  );

describe("dropBenchKeys", () => {
  it("reports why Redis cannot be reached", async () => {
    expect(await failureAt(1)).to.include({ code: "ECONNREFUSED" });
  });

  it("fails when Redis is frozen and answers nothing", async () => {
    const frozen = createServer((socket) => socket.resume());
    frozen.listen(0, "127.0.0.1");
    await once(frozen, "listening");
    const address = frozen.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    expect(await failureAt(port, 50)).to.include({ code: "ETIMEDOUT" });
    frozen.close();
    await once(frozen, "close");
  });
});
