import { expect } from "chai";
import { removeAll } from "../../../src/bench/removeAll.ts";

describe("removeAll", () => {
  it("runs the steps behind one that fails, and throws the first failure", async () => {
    const done: string[] = [];
    const fail = (name: string) => async (): Promise<void> => {
      done.push(name);
      throw new Error(name);
    };
    const failure: unknown = await removeAll(fail("database"), fail("keys"), async () => {
      done.push("topics");
    }).catch((error: unknown) => error);
    expect(done).to.deep.equal(["database", "keys", "topics"]);
    expect(failure).to.have.property("message", "database");
  });
});
