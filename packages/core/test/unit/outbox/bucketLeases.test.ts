import { expect } from "chai";
import { bucketLeases } from "../../../src/outbox/bucketLeases.ts";
import { fairShare } from "../../../src/outbox/fairShare.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { fakeLeases } from "../../support/fakeLeases.ts";

const LEASE_MS = 9_000;
const UPKEEP_MS = LEASE_MS / 3;

function leasesWorld() {
  const clock = fakeClock();
  const config = testCoreConfig({ OUTBOX_BUCKETS: "8", OUTBOX_LEASE_MS: String(LEASE_MS) });
  const core = { clock, config, leases: fakeLeases(clock) };
  const relay = (owner: string) => bucketLeases(core, owner);
  return { clock, core, relay };
}

const bucketsOf = (leases: ReturnType<typeof bucketLeases>): number[] =>
  leases.held().map(({ bucket }) => bucket);

describe("the fair share of buckets", () => {
  it("is rounded up, so that no bucket is left over", () => {
    const shares = [1, 2, 3, 5, 16, 17].map((members) => fairShare(16, members));
    expect(shares).to.deep.equal([16, 8, 6, 4, 1, 1]);
  });

  it("is everything for a relay that sees nobody, not even itself", () => {
    expect(fairShare(16, 0)).to.equal(16);
  });
});

describe("the buckets of a relay", () => {
  it("are all of them while it is alone", async () => {
    const one = leasesWorld().relay("one");
    await one.upkeep();
    expect(bucketsOf(one)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("are shared once another appears, and never belong to two", async () => {
    const { clock, relay } = leasesWorld();
    const [one, two] = [relay("one"), relay("two")];
    await one.upkeep();
    await two.upkeep();
    expect(bucketsOf(two)).to.deep.equal([]);
    await clock.advance(UPKEEP_MS);
    await one.upkeep();
    expect(bucketsOf(one)).to.have.length(4);
    await two.upkeep();
    expect([...bucketsOf(one), ...bucketsOf(two)].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("go to the others after a relay has released them, at once", async () => {
    const { clock, relay } = leasesWorld();
    const [one, two] = [relay("one"), relay("two")];
    await one.upkeep();
    await two.upkeep();
    await one.release();
    expect(bucketsOf(one)).to.deep.equal([]);
    await clock.advance(UPKEEP_MS);
    await two.upkeep();
    expect(bucketsOf(two)).to.have.length(8);
  });

  it("go to the others after a relay has died, when its leases ran out", async () => {
    const { clock, relay } = leasesWorld();
    const [dead, other] = [relay("dead"), relay("other")];
    await dead.upkeep();
    await other.upkeep();
    await clock.advance(LEASE_MS);
    await other.upkeep();
    expect(bucketsOf(other)).to.have.length(8);
    expect(other.held().every(({ lease }) => lease.epoch === 2)).to.equal(true);
  });

  it("stay its own for as long as it renews them, with the same epoch", async () => {
    const { clock, relay } = leasesWorld();
    const one = relay("one");
    for (let round = 0; round < 10; round += 1) {
      await one.upkeep();
      await clock.advance(UPKEEP_MS);
    }
    expect(bucketsOf(one)).to.have.length(8);
    expect(one.held().every(({ lease }) => lease.epoch === 1)).to.equal(true);
  });

  it("are not held any more, by its own clock, once it stopped renewing them", async () => {
    const { clock, relay } = leasesWorld();
    const one = relay("one");
    await one.upkeep();
    const [held] = one.held();
    await clock.advance(LEASE_MS - 1);
    expect(held?.isLive()).to.equal(true);
    await clock.advance(1);
    expect(held?.isLive()).to.equal(false);
    expect(bucketsOf(one)).to.deep.equal([]);
  });

  it("shrink by one that turned out to be another's", async () => {
    const one = leasesWorld().relay("one");
    await one.upkeep();
    one.drop(3);
    expect(bucketsOf(one)).to.deep.equal([0, 1, 2, 4, 5, 6, 7]);
  });
});
