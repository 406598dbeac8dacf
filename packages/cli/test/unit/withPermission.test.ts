import { ConfirmationRequiredError, JobRunningError, ReasonRequiredError } from "@onsale/core";
import { expect } from "chai";
import { type Permission, withPermission } from "../../src/operation/withPermission.ts";

const NONE = { confirmation: undefined, reason: undefined };

/** Refuses like core: the confirmation first, then the reason. */
async function run({ confirmation, reason }: Permission): Promise<string> {
  if (confirmation !== "main") throw new ConfirmationRequiredError("queue.revoke", "main");
  if (reason === undefined) throw new ReasonRequiredError("queue.revoke");
  return `${confirmation}: ${reason}`;
}

describe("withPermission", () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });
  const questions = {
    async confirmation(name: string) {
      asked.push(name);
      return name;
    },
    async reason() {
      asked.push("reason");
      return "leaked";
    },
  };
  const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      (value) => value,
      (error: unknown) => Object(error).code,
    );

  it("asks for the confirmation and the reason that the flags do not give", async () => {
    expect(await withPermission(NONE, questions, run)).to.equal("main: leaked");
    expect(asked).to.deep.equal(["main", "reason"]);
  });

  it("asks nothing when the flags give both, or where no person can answer", async () => {
    const both = { confirmation: "main", reason: "a test" };
    expect(await withPermission(both, questions, run)).to.equal("main: a test");
    expect(await codeOf(withPermission(NONE, undefined, run))).to.equal("CONFIRMATION_REQUIRED");
    expect(asked).to.deep.equal([]);
  });

  it("refuses a wrong confirmation of a flag without a question", async () => {
    const wrong = { confirmation: "other", reason: undefined };
    expect(await codeOf(withPermission(wrong, questions, run))).to.equal("CONFIRMATION_REQUIRED");
    expect(asked).to.deep.equal([]);
  });

  it("passes other refusals on", async () => {
    const busy = async () => {
      throw new JobRunningError("queue.revoke", "queue:main");
    };
    expect(await codeOf(withPermission(NONE, questions, busy))).to.equal("JOB_RUNNING");
    expect(asked).to.deep.equal([]);
  });
});
