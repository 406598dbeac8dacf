import { expect } from "chai";
import { tokenChecker } from "../../../src/virtual/tokenChecker.ts";

describe("tokenChecker", () => {
  const admission = (sequence: number, endReason: string | null) => ({
    userId: 1,
    sequence,
    admittedAtUs: sequence,
    endReason,
  });

  async function checkedAfter(method: "DELETE" | "POST", path: string, ...tokens: string[]) {
    const checker = tokenChecker(
      {
        send: async () => ({ kind: "accepted", status: 204, data: null }),
        close: async () => undefined,
      },
      (token) => ({ userId: 1, sequence: Number(token) }),
    );
    for (const token of tokens) await checker.transport.send(0, { method, path, token });
    return checker;
  }

  it("reports an admission that a token of an earlier, used place ended", async () => {
    const left = await checkedAfter("DELETE", "/queue/tokens/me", "700");
    const found = left.violations([admission(700, "EXPIRED"), admission(800, "LEFT")]);
    expect(found.map(({ ids }) => ids.sequence)).to.deep.equal([800]);
    const paid = await checkedAfter("POST", "/payment/pay", "700");
    expect(paid.violations([admission(700, "LEFT"), admission(800, "PAID")])).to.have.length(2);
  });

  it("reports nothing for the token of the place or a later one, or after a loss", async () => {
    for (const token of ["800", "900"]) {
      const checker = await checkedAfter("DELETE", "/queue/tokens/me", "700", token);
      expect(checker.violations([admission(700, "EXPIRED"), admission(800, "LEFT")])).to.deep.equal(
        [],
      );
    }
    const lost = await checkedAfter("DELETE", "/queue/tokens/me", "700");
    expect(lost.violations([admission(800, "LEFT")])).to.deep.equal([]);
    expect(lost.violations([admission(700, "EXPIRED"), admission(800, null)])).to.deep.equal([]);
  });
});
