import * as core from "@onsale/core";
import { expect } from "chai";
import * as apiErrors from "../../src/problems/errors.ts";
import { problemBody, problemOf } from "../../src/problems/problemAnswer.ts";
import { PROBLEMS } from "../../src/problems/problems.ts";

/** One error of each exported class, made with arguments that every constructor accepts. */
function instancesOf(exported: Readonly<Record<string, unknown>>): core.CoreError[] {
  return Object.values(exported).flatMap((value) => {
    if (typeof value !== "function" || !(value.prototype instanceof core.CoreError)) return [];
    const made: unknown = Reflect.construct(value, [[], [], []]);
    return made instanceof core.CoreError ? [made] : [];
  });
}

const coreErrors = instancesOf(core);
const allErrors = [...coreErrors, ...instancesOf(apiErrors)];

describe("PROBLEMS", () => {
  it("has a row for every error class of core and of the API", () => {
    expect(coreErrors.length, "core's classes").to.be.at.least(30);
    for (const error of allErrors) {
      expect(PROBLEMS, error.name).to.have.property(error.code);
    }
  });

  it("has no row for a code that no error class has", () => {
    const bare = ["MALFORMED_HTTP", "REQUEST_TIMEOUT", "HEADERS_TOO_LARGE", "INTERNAL_ERROR"];
    const causable = [...allErrors.map(({ code }) => code), ...bare];
    expect(causable).to.include.members(Object.keys(PROBLEMS));
  });

  it("uses 500 only for bugs", () => {
    for (const [code, { status }] of Object.entries(PROBLEMS)) {
      expect(status === 500, code).to.equal(code === "INTERNAL_ERROR");
    }
  });

  it("has Retry-After for every retryable error and for every 429 and 503", () => {
    for (const error of allErrors) {
      const { retryAfterSeconds } = problemOf(error.code);
      expect(retryAfterSeconds !== undefined, error.code).to.equal(error.retryable);
    }
    for (const [code, problem] of Object.entries(PROBLEMS)) {
      if (problem.status !== 429 && problem.status !== 503) continue;
      expect("retryAfterSeconds" in problem, code).to.equal(true);
    }
  });

  it("has the statuses that the specification requires", () => {
    const statusOf = (code: string): number => problemOf(code).status;
    expect(statusOf("QUEUE_TOKEN_NOT_ACTIVE")).to.equal(403);
    expect(statusOf("SEAT_ALREADY_HELD")).to.equal(409);
    expect(statusOf("IDEMPOTENCY_IN_PROGRESS")).to.equal(409);
    expect(statusOf("HOLD_EXPIRED")).to.equal(410);
    expect(statusOf("QUEUE_TOKEN_EXPIRED")).to.equal(410);
    expect(statusOf("IDEMPOTENCY_KEY_REUSED")).to.equal(422);
    expect(statusOf("INSUFFICIENT_POINTS")).to.equal(422);
    expect(statusOf("RATE_LIMITED")).to.equal(429);
    expect(statusOf("DEPENDENCY_UNAVAILABLE")).to.equal(503);
  });
});

describe("problemBody", () => {
  it("contains message, code and details of the error, and the request id", () => {
    const body = problemBody(new core.InsufficientPointsError(100, 30), "r-1");
    expect(body).to.include({
      type: "/docs#INSUFFICIENT_POINTS",
      title: "Not enough points",
      status: 422,
      code: "INSUFFICIENT_POINTS",
      requestId: "r-1",
      required: 100,
      balance: 30,
    });
  });

  it("hides the message of an error that is not a CoreError", () => {
    for (const error of [new Error("SELECT secret FROM users"), "a string", undefined, null]) {
      const body = problemBody(error, "r-2");
      expect(body).to.include({ status: 500, code: "INTERNAL_ERROR" });
      expect(JSON.stringify(body)).to.not.include("secret");
    }
  });

  it("answers a code without a row as INTERNAL_ERROR", () => {
    class StrangeError extends core.CoreError {
      readonly code = "STRANGE";
    }
    const body = problemBody(new StrangeError("inner words", { inner: 1 }), "r-3");
    expect(body.code).to.equal("INTERNAL_ERROR");
    expect(JSON.stringify(body)).to.not.include("inner");
  });

  it("does not let details overwrite the fields of RFC 9457", () => {
    const body = problemBody(new core.InvalidInputError("no", { status: 200, code: "X" }), "r-4");
    expect(body).to.include({ status: 400, code: "INVALID_INPUT" });
  });
});
