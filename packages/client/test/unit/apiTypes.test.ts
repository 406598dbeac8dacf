import { readFile } from "node:fs/promises";
import type { PROBLEMS } from "@onsale/api";
import { expect } from "chai";
import { generatedApiTypes } from "../../src/apiTypes/writeApiTypes.ts";
import { OPERATIONS } from "../../src/generated/api.ts";
import type { ProblemCode } from "../../src/problems/errors.ts";

type Same<A, B> = [A, B] extends [B, A] ? true : false;

describe("the types of the REST API", () => {
  it("are committed as the OpenAPI document says", async function () {
    // It loads a compiler, which takes seconds on a busy machine.
    this.timeout(60_000);
    const { url, content } = await generatedApiTypes();
    const committed = await readFile(url, "utf8");
    expect(committed === content, "run `pnpm types:api`").to.equal(true);
  });

  it("have exactly the codes of the product", () => {
    // A code that one of the two types lacks is a compile error.
    const isSame: Same<ProblemCode, keyof typeof PROBLEMS> = true;
    expect(isSame).to.equal(true);
  });

  it("name the operations that take an Idempotency-Key", () => {
    const keyed = Object.entries(OPERATIONS).filter(([, { takesKey }]) => takesKey);
    expect(keyed.map(([id]) => id)).to.include.members([
      ...["reserveSeat", "pay", "refund", "chargePoints"],
    ]);
  });
});
