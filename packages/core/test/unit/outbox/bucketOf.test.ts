import { expect } from "chai";
import { bucketOf } from "../../../src/outbox/bucketOf.ts";

describe("the bucket of an aggregate", () => {
  it("is FNV-1a of type and id, and never changes", () => {
    // Reference values of the public algorithm, computed apart from this code.
    expect(bucketOf("reservation", 1, 2 ** 32)).to.equal(2_422_962_328);
    expect(bucketOf("payment", 1, 2 ** 32)).to.equal(1_693_678_944);
    expect(bucketOf("point-account", 9_007_199_254_740_991, 2 ** 32)).to.equal(3_986_018_685);
  });

  it("is one of the buckets, and every bucket gets its share", () => {
    const counts = new Array<number>(16).fill(0);
    for (let id = 1; id <= 16_000; id += 1) {
      const bucket = bucketOf("reservation", id, 16);
      expect(bucket).to.be.within(0, 15);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    for (const count of counts) expect(count).to.be.within(700, 1_300);
  });

  it("is 0 when there is one bucket", () => {
    expect(bucketOf("payment", 12, 1)).to.equal(0);
  });
});
