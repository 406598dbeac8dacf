import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import { Faults } from "../../../src/virtual/faults.ts";
import { refusingPlatform, refusingPublisher } from "../../../src/virtual/refusingPorts.ts";

const refusals = (refusalShare: number, only?: ReadonlySet<string>): Faults =>
  new Faults(
    randomStreams(5),
    { callFaultShare: 0, scheduledFaults: 0, refusalShare, skewMs: 0 },
    4,
    only,
  );

const message = (key: string, version: number) => ({
  messageId: `${key}-${version}`,
  topic: "events",
  key,
  value: "{}",
  headers: { "aggregate-version": String(version) },
});

/** A publisher that stores what it gets, in front of a broker that refuses by these faults. */
function publisherWith(faults: Faults) {
  const stored: string[] = [];
  const publisher = refusingPublisher(
    {
      async publish(messages) {
        stored.push(...messages.map(({ messageId }) => messageId));
        return [];
      },
    },
    faults,
  );
  return { stored, publisher };
}

describe("Faults.refuses", () => {
  const MESSAGES = Array.from({ length: 500 }, (_none, index) => `platform-${index}`);

  it("refuses the share of messages that the profile states, each once or twice", () => {
    const faults = refusals(0.1);
    const counts = MESSAGES.map(
      (name) => [1, 2, 3, 4].filter(() => faults.refuses(name)).length,
    ).filter((count) => count > 0);
    expect(counts.length / MESSAGES.length).to.be.within(0.06, 0.14);
    expect(new Set(counts)).to.deep.equal(new Set([1, 2]));
    expect(faults.happened).to.have.length(counts.reduce((sum, count) => sum + count, 0));
  });

  it("refuses none without a share, and none after the end of the faults", () => {
    const over = refusals(1);
    over.stop();
    for (const faults of [refusals(0), over]) {
      expect(MESSAGES.some((name) => faults.refuses(name))).to.equal(false);
      expect(faults.happened).to.deep.equal([]);
    }
  });

  it("does not change the other refusals when one of them is excluded", () => {
    const all = refusals(0.1);
    for (const name of MESSAGES) all.refuses(name);
    const [excluded, ...others] = all.happened;
    const fewer = refusals(0.1, new Set(others));
    for (const name of MESSAGES) fewer.refuses(name);
    expect(excluded).to.not.equal(undefined);
    expect(fewer.happened).to.deep.equal(others);
  });
});

describe("refusingPublisher", () => {
  it("does not send a refused message and the later messages of its key", async () => {
    const only = new Set(["broker-av1#1"]);
    const { stored, publisher } = publisherWith(refusals(1, only));
    const failures = await publisher.publish([message("a", 1), message("b", 1), message("a", 2)]);
    expect(failures.map(({ messageId, reason }) => [messageId, reason])).to.deep.equal([
      ["a-1", "refused"],
      ["a-2", "blocked"],
    ]);
    expect(stored).to.deep.equal(["b-1"]);
  });

  it("sends the message at a later attempt", async () => {
    const faults = refusals(1);
    const { stored, publisher } = publisherWith(faults);
    while (stored.length === 0) await publisher.publish([message("a", 1)]);
    expect(faults.happened.length).to.be.within(1, 2);
  });
});

describe("refusingPlatform", () => {
  it("counts the notifications that it accepted, not the ones that it refused", async () => {
    const { webhook, accepted } = refusingPlatform(refusals(1, new Set(["platform-a#1"])));
    const send = () => webhook.send({ messageId: "a", body: {} });
    const [first, ...later] = await Promise.allSettled([send(), send(), send()]);
    expect(first?.status).to.equal("rejected");
    expect(later.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled"]);
    expect([...accepted]).to.deep.equal([["a", 2]]);
  });
});
