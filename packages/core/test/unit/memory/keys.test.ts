import assert from "node:assert/strict";
import { expect } from "chai";
import { keyMaker, keyReader } from "../../../src/adapters/memory/sql/keys.ts";
import { SCHEMA } from "../../../src/adapters/memory/sql/schema.ts";

describe("a key of two texts", () => {
  const columns = SCHEMA.get("inbox_messages")?.primaryKey.columns ?? [];
  const [consumer, messageId] = columns;

  it("is the same from a row and from conditions when the first text is empty", () => {
    assert(consumer && messageId);
    const make = keyMaker([
      { column: consumer, value: () => "" },
      { column: messageId, value: () => "m1" },
    ]);
    const read = keyReader(columns);
    expect(make(undefined)).to.equal(read({ consumer: "", messageId: "m1" }));
  });

  it("is missing when one of the texts is NULL", () => {
    const read = keyReader(columns);
    expect(read({ consumer: "notifier", messageId: null })).to.equal(undefined);
    expect(read({ consumer: null, messageId: "m1" })).to.equal(undefined);
  });
});
