import { expect } from "chai";
import { countArrived } from "../../../src/bench/relay/countArrived.ts";

const COMMIT_MS = 1_000;

/** The records of account 7 with these versions, one every 10 ms after the COMMIT. */
function records(...versions: readonly number[]) {
  return versions.map((version, index) => ({
    key: "point-account:7",
    version,
    atMs: COMMIT_MS + 10 * (index + 1),
  }));
}

const written = [
  { commitMs: COMMIT_MS, messages: [[7, 1] as const, [7, 2] as const, [7, 3] as const] },
];

describe("countArrived", () => {
  it("measures from COMMIT to the first copy of a message", () => {
    const { latenciesMs, failedBy } = countArrived(written, records(1, 2, 1, 2, 3));
    expect(latenciesMs).to.deep.equal([10, 20, 50]);
    expect(failedBy).to.deep.equal({});
  });

  it("counts messages that Kafka does not have", () => {
    const { latenciesMs, failedBy } = countArrived(written, records(1, 2));
    expect(latenciesMs).to.have.length(2);
    expect(failedBy).to.deep.equal({ "lost message": 1 });
  });

  it("counts a version that arrives before an earlier one", () => {
    const { failedBy } = countArrived(written, records(1, 3, 2));
    expect(failedBy).to.deep.equal({ "message out of order": 1 });
  });
});
