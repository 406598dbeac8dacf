import { expect } from "chai";
import { systemIds } from "../../../src/shared/ids.ts";

describe("generated ids", () => {
  it("are UUIDs of version 7 that differ and grow", () => {
    const ids = Array.from({ length: 100 }, () => systemIds.uuid());
    for (const id of ids) {
      expect(id).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(ids).size).to.equal(ids.length);
    expect([...ids].sort()).to.deep.equal(ids);
  });
});
