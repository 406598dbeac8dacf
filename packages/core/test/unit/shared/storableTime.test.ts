import { expect } from "chai";
import { timeSchema } from "../../../src/shared/storableTime.ts";

/** The reasons for which the schema refuses the text. */
const reasonsOf = (text: string): readonly string[] =>
  timeSchema.safeParse(text).error?.issues.map(({ message }) => message) ?? [];

describe("timeSchema", () => {
  for (const text of [
    ...["9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59.999-00:01"],
    ...["1000-01-01T00:00:00+14:00", "0999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"],
  ]) {
    it(`refuses ${text}, which MySQL cannot store`, () => {
      expect(reasonsOf(text)).to.deep.equal(["must be in the years 1000 to 9999 in UTC"]);
    });
  }

  for (const text of [
    ...["2031-05-06T19:30:60Z", "2031-05-06T24:00:00Z", "2031-02-29T00:00:00Z", "2031-05-06"],
    ...["2031-05-06T19:30:00", "2031-05-06T19:30:00+24:00", "2031-13-01T00:00:00Z", "1", ""],
  ]) {
    it(`refuses "${text}", which is not a time with its offset`, () => {
      const [reason, ...others] = reasonsOf(text);
      expect(reason).to.match(/^must be a time with its offset from UTC, such as /);
      expect(others).to.deep.equal([]);
    });
  }

  for (const text of [
    ...["1000-01-01T00:00:00Z", "0999-12-31T23:00:00-01:00", "2032-02-29T19:30:00.123456+09:00"],
    ...["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.9999999Z"],
  ]) {
    it(`accepts ${text}`, () => expect(reasonsOf(text)).to.deep.equal([]));
  }
});
