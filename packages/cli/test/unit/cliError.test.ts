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
  it("is a wrong usage when a flag names a folder that does not exist", () => {
    const report = reportOf(new Error("Parsing --against \n\tNo directory found at /nowhere"));
    expect(report).to.include({ code: "USAGE", exitCode: 2 });
    expect(report.message).to.equal("--against: No directory found at /nowhere");
  });

  it("keeps code, next step and exit code of an error that the user can fix", () => {
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

  it("reports a server that does not answer as a missing precondition", () => {
    const report = reportOf(new Error("query failed", { cause: new Coded("ECONNREFUSED", "") }));
    expect(report).to.include({ code: "ECONNREFUSED", exitCode: 3 });
    expect(report.next).to.include("onsale stack up");
  });

  it("names the command that lists what exists when a name or an id is unknown", () => {
    const report = reportOf(new Coded("RESERVATION_NOT_FOUND", "There is no reservation"));
    expect(report).to.include({ exitCode: 1 });
    expect(report.next).to.include("`onsale reservation list`");
  });

  it("reports invalid settings as a missing precondition", () => {
    expect(reportOf(new Coded("CONFIG_INVALID", "PORT: no"))).to.include({ exitCode: 3 });
  });

  it("reports a parser error as a usage error, without the parser's hint", () => {
    const refused = Object.assign(new Error("Nonexistent flag: --x\nSee more help with --help"), {
      oclif: { exit: 2 },
    });
    expect(reportOf(refused)).to.include({
      code: "USAGE",
      message: "Nonexistent flag: --x",
      exitCode: 2,
    });
  });

  it("names the flag with the invalid value in one line", () => {
    const text =
      "Parsing --think \n\tExpected an integer but received: x\nSee more help with --help";
    const { message } = reportOf(Object.assign(new Error(text), { oclif: { exit: 2 } }));
    expect(message).to.equal("--think: Expected an integer but received: x");
    const given = Object.assign(new Error(text), { oclif: { exit: 2 } });
    const report = reportOf(given, new Map([["--think", "THINK"]]));
    expect(report.message).to.equal("--think or THINK: Expected an integer but received: x");
  });

  it("removes the frame of oclif also from an error that a flag throws itself", () => {
    const error = new CliError("USAGE", "a whole number, not: 1.5", { exitCode: EXIT.usage });
    error.message = `Parsing --amount \n\t${error.message}\nSee more help with --help`;
    expect(reportOf(error).message).to.equal("--amount: a whole number, not: 1.5");
  });

  it("reports an unexpected error as a failure with the code INTERNAL", () => {
    expect(reportOf(new TypeError("undefined is not a function"))).to.include({
      code: "INTERNAL",
      exitCode: 1,
    });
    expect(reportOf("thrown text")).to.include({ message: "thrown text", exitCode: 1 });
  });

  it("lists the causes of an AggregateError without a message", () => {
    const error = new AggregateError([new Error("first"), new Error("second")]);
    expect(reportOf(error).message).to.equal("first; second");
  });
});
