import { expect } from "chai";
import { CliError, EXIT, reportOf } from "../../src/cliError.ts";

class Coded extends Error {
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

describe("reportOf", () => {
  it("keeps code, next step and exit code of an error that the user can mend", () => {
    const error = new CliError("PORT_TAKEN", "taken", {
      exitCode: EXIT.precondition,
      next: "choose another",
      cause: new Error("EADDRINUSE"),
    });
    expect(reportOf(error)).to.deep.equal({
      code: "PORT_TAKEN",
      message: "taken",
      cause: "EADDRINUSE",
      next: "choose another",
      exitCode: 3,
    });
  });

  it("calls a server that does not answer a missing precondition", () => {
    const report = reportOf(new Error("query failed", { cause: new Coded("ECONNREFUSED", "") }));
    expect(report).to.include({ code: "ECONNREFUSED", exitCode: 3 });
    expect(report.next).to.include("onsale stack up");
  });

  it("calls settings that cannot be used a missing precondition", () => {
    expect(reportOf(new Coded("CONFIG_INVALID", "PORT: no"))).to.include({ exitCode: 3 });
  });

  it("calls what the parser refuses a usage error, without the parser's own hint", () => {
    const refused = Object.assign(new Error("Nonexistent flag: --x\nSee more help with --help"), {
      oclif: { exit: 2 },
    });
    expect(reportOf(refused)).to.include({
      code: "USAGE",
      message: "Nonexistent flag: --x",
      exitCode: 2,
    });
  });

  it("says in one line which flag's value is refused", () => {
    const text =
      "Parsing --think \n\tExpected an integer but received: x\nSee more help with --help";
    const { message } = reportOf(Object.assign(new Error(text), { oclif: { exit: 2 } }));
    expect(message).to.equal("--think: Expected an integer but received: x");
  });

  it("calls anything else a failure and a bug of ours", () => {
    expect(reportOf(new TypeError("undefined is not a function"))).to.include({
      code: "INTERNAL",
      exitCode: 1,
    });
    expect(reportOf("thrown text")).to.include({ message: "thrown text", exitCode: 1 });
  });

  it("names what an empty AggregateError is made of", () => {
    const error = new AggregateError([new Error("first"), new Error("second")]);
    expect(reportOf(error).message).to.equal("first; second");
  });
});
