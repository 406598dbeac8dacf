import { expect } from "chai";
import { toInteger } from "../../../src/adapters/mysql/convert.ts";
import {
  failureKind,
  lastingRefusal,
  statementFailure,
} from "../../../src/adapters/mysql/databaseErrors.ts";
import { DependencyUnavailableError } from "../../../src/shared/errors.ts";
import { causesOf } from "../../../src/shared/statementError.ts";

const driverError = (errno: number): Error => Object.assign(new Error("driver"), { errno });
const wrapped = (original: Error): Error => Object.assign(new Error("sequelize"), { original });

describe("failureKind of a database error", () => {
  const kinds = {
    restart: [1213],
    "lock-wait": [1205],
    connection: [1040, 1053, 1927, 1290, 1836, 1317],
    refused: [1142, 1044, 1049, 1146, 1021, 1969, 3024],
    duplicate: [1062],
    locked: [3572],
    other: [1064, 1054, 4025],
  };
  for (const [kind, numbers] of Object.entries(kinds)) {
    it(`is "${kind}" for ${numbers.join(", ")}, wrapped or not`, () => {
      for (const errno of numbers) {
        expect(failureKind(driverError(errno))).to.equal(kind);
        expect(failureKind(wrapped(driverError(errno)))).to.equal(kind);
      }
    });
  }

  it("is a lost connection for any error of a broken socket", () => {
    for (const code of ["ECONNRESET", "EPIPE", "PROTOCOL_CONNECTION_LOST", "ECONNREFUSED"]) {
      expect(failureKind(Object.assign(new Error("socket"), { code }))).to.equal("connection");
    }
    const closed = new Error("Can't add new command when connection is in closed state");
    expect(failureKind(closed)).to.equal("connection");
  });

  it("has the kind other for any other error", () => {
    for (const thrown of [new Error("ours"), "text", undefined, null, 1213]) {
      expect(failureKind(thrown)).to.equal("other");
    }
  });
});

describe("lastingRefusal", () => {
  it("is the text of a refusal that the next statement gets too", () => {
    expect(lastingRefusal(wrapped(driverError(1142)))).to.equal("driver");
    for (const errno of [1969, 3024, 1213, 1064]) {
      expect(lastingRefusal(wrapped(driverError(errno)))).to.equal(undefined);
    }
  });
});

describe("the error of a failed statement", () => {
  const driver = (errno: number, code: string, message: string): Error =>
    wrapped(Object.assign(new Error(message), { errno, code }));

  it("names the statement, the database's code and its text", () => {
    const error = driver(1146, "ER_NO_SUCH_TABLE", "Table 'onsale.seats' doesn't exist");
    expect(causesOf(statementFailure("seats.hold", error))).to.deep.equal([
      "StatementError: statement seats.hold: " +
        "ER_NO_SUCH_TABLE (1146): Table 'onsale.seats' doesn't exist",
    ]);
  });

  it("leaves out a text that quotes a value", () => {
    const error = driver(1062, "ER_DUP_ENTRY", "Duplicate entry 'Kim Min-ji' for key 'name'");
    const failure = statementFailure("users.insert", error);
    expect(causesOf(new Error("outer", { cause: failure }))).to.deep.equal([
      "Error: outer",
      "StatementError: statement users.insert: ER_DUP_ENTRY (1062)",
    ]);
  });

  it("has the kind of the driver's error", () => {
    const failure = statementFailure("seats.hold", driver(1213, "ER_LOCK_DEADLOCK", "Deadlock"));
    expect(failureKind(failure)).to.equal("restart");
  });

  it("is core's own error, unchanged", () => {
    const error = new DependencyUnavailableError("mysql");
    expect(statementFailure("seats.hold", error)).to.equal(error);
  });
});

describe("an integer from the database", () => {
  it("becomes a number, whatever type the driver returns", () => {
    for (const given of [5, "5", 5n]) expect(toInteger(given)).to.equal(5);
    expect(toInteger(null)).to.equal(0);
    expect(toInteger("9007199254740991")).to.equal(Number.MAX_SAFE_INTEGER);
  });

  it("is refused when a number cannot represent it exactly", () => {
    for (const given of ["9007199254740992", "1.5", "many", 2 ** 53]) {
      expect(() => toInteger(given)).to.throw("cannot be held exactly");
    }
  });
});
