import { expect } from "chai";
import { assignPartitions } from "../../../src/adapters/memory/broker/assignPartitions.ts";

describe("assignPartitions", () => {
  it("gives each partition to one subscriber of the topic, evenly", () => {
    const members = [
      { memberId: "both", topics: ["b", "a"] },
      { memberId: "one", topics: ["a"] },
      { memberId: "none", topics: [] },
    ];
    const shares = assignPartitions(members, 3);
    const names = (memberId: string) =>
      shares.get(memberId)?.map(({ topic, partition }) => `${topic}${partition}`);
    expect(names("both")).to.deep.equal(["a0", "a2", "b0", "b1", "b2"]);
    expect(names("one")).to.deep.equal(["a1"]);
    expect(names("none")).to.deep.equal([]);
  });
});
