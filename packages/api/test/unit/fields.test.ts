import { expect } from "chai";
import fc from "fast-check";
import type { z } from "zod";
import { decodeCursor, encodeCursor, pageOf, pageQuery } from "../../src/http/cursor.ts";
import {
  bodyId,
  bodyInt,
  filterText,
  parseId,
  pathId,
  queryInt,
  queueId,
} from "../../src/http/fields.ts";

const anId = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe("ids in requests", () => {
  it("are parsed from their decimal text", () => {
    fc.assert(fc.property(anId, (id) => parseId(String(id)) === id));
  });

  it("are refused in any other form than the decimal text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const id = parseId(text);
        return id === undefined || String(id) === text;
      }),
    );
    for (const text of ["", "0", "-1", "01", "1.0", "1e3", " 1", "9007199254740992"]) {
      expect(parseId(text), text).to.equal(undefined);
    }
  });

  it("must be numbers in bodies and digits in paths", () => {
    expect(bodyId.safeParse(5).success).to.equal(true);
    expect(bodyId.safeParse("5").success).to.equal(false);
    expect(bodyId.safeParse(2 ** 53).success).to.equal(false);
    expect(pathId.parse("5")).to.equal(5);
    expect(pathId.safeParse(5).success).to.equal(false);
  });

  it("must have no braces when they name a queue, because of the Redis hash tag", () => {
    expect(queueId.safeParse("rush-2026_a.b").success).to.equal(true);
    for (const name of ["", "{a}", "a b", "x".repeat(65), "é"]) {
      expect(queueId.safeParse(name).success, name).to.equal(false);
    }
  });
});

describe("a filter", () => {
  it("refuses bytes that are not UTF-8, which the query has as U+FFFD", () => {
    expect(filterText(10).safeParse("\ufffd(").error?.issues[0]?.message).to.include("UTF-8");
  });
});

describe("bounded inputs", () => {
  const reasonOf = (schema: z.ZodType, value: unknown): string | undefined =>
    schema.safeParse(value).error?.issues[0]?.message;

  it("name both bounds in every refusal of a number", () => {
    const rule = "Must be a whole number from 1 to 1,000,000,000";
    for (const wrong of [0, 1_000_000_001, 10.5, "5", null, Number.NaN, 2 ** 60]) {
      expect(reasonOf(bodyInt(1, 1_000_000_000), wrong), String(wrong)).to.equal(rule);
    }
    for (const wrong of ["0", "101", "1000", "1.5", "-1", "ten", "01", "1e2", " 5"]) {
      const reason = reasonOf(queryInt(1, 100, 20), wrong);
      expect(reason, wrong).to.equal("Must be a whole number from 1 to 100");
    }
    expect(queryInt(0, 5, 2).parse("0")).to.equal(0);
  });

  it("count the characters of a text in composed form", () => {
    const text = filterText(3);
    expect(text.parse("e\u0301e\u0301e\u0301")).to.equal("\u00e9\u00e9\u00e9");
    expect(text.parse("\u{1F3AB}\u{1F3AB}\u{1F3AB}")).to.have.length(6);
    expect(text.parse("  ")).to.equal(undefined);
    expect(reasonOf(text, "abcd")).to.equal("Must have at most 3 characters");
    expect(reasonOf(text, "a\u0000")).to.match(/U\+0000/);
  });
});

describe("cursors of pages", () => {
  it("are decoded to the id from which they were made", () => {
    fc.assert(fc.property(anId, (id) => decodeCursor(encodeCursor(id)) === id));
    expect(encodeCursor(17)).to.match(/^[\w-]+$/);
  });

  it("are refused when encodeCursor did not make them", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const id = decodeCursor(text);
        return id === undefined || encodeCursor(id) === text;
      }),
    );
    const forgedCursor = Buffer.from("id:-5").toString("base64url");
    for (const cursor of ["", "garbage", forgedCursor, "x".repeat(1000)]) {
      expect(decodeCursor(cursor), cursor).to.equal(undefined);
      expect(pageQuery.cursor.safeParse(cursor).success).to.equal(false);
    }
  });
});

describe("a page of a list", () => {
  const entries = [{ id: 9 }, { id: 8 }, { id: 7 }];

  it("has a cursor of the next page while more entries follow", () => {
    expect(pageOf(entries, 2)).to.deep.equal({
      page: [{ id: 9 }, { id: 8 }],
      nextCursor: encodeCursor(8),
    });
  });

  it("has null as next cursor on the last page", () => {
    expect(pageOf(entries, 3).nextCursor).to.equal(null);
    expect(pageOf([], 3)).to.deep.equal({ page: [], nextCursor: null });
  });

  it("has 1 to 100 entries, by default 20", () => {
    expect(pageQuery.limit.parse(undefined)).to.equal(20);
    expect(pageQuery.limit.parse("100")).to.equal(100);
    for (const limit of ["0", "101", "1000", "-1", "1.5", "", "ten"]) {
      expect(pageQuery.limit.safeParse(limit).success, limit).to.equal(false);
    }
  });
});
