import { expect } from "chai";
import { bucketLeases } from "../../../src/outbox/bucketLeases.ts";
import { fairShare } from "../../../src/outbox/fairShare.ts";
import { openMemoryTestCore } from "../../support/memoryCore.ts";

const LEASE_MS = 9_000;
const UPKEEP_MS = LEASE_MS / 3;

function leasesFixture() {
  const settings = { OUTBOX_BUCKETS: "8", OUTBOX_LEASE_MS: String(LEASE_MS) };
  const { core, clock, metrics } = openMemoryTestCore(settings);
  const relay = (owner: string) => bucketLeases(core, owner);
  const changes = () =>
    ["acquired", "released", "lost"].map((change) =>
      metrics.counted("outbox_lease_changes_total", { change }),
    );
  return { changes, clock, relay };
}

const bucketsOf = (leases: ReturnType<typeof bucketLeases>): number[] =>
  leases.held().map(({ bucket }) => bucket);

describe("the fair share of buckets", () => {
  it("is rounded up, so that every bucket has an owner", () => {
    const shares = [1, 2, 3, 5, 16, 17].map((members) => fairShare(16, members));
    expect(shares).to.deep.equal([16, 8, 6, 4, 1, 1]);
  });

  it("is all buckets for a relay that finds no live relay, not even itself", () => {
    expect(fairShare(16, 0)).to.equal(16);
  });
});

describe("bucketLeases", () => {
  it("gives all buckets to a single relay", async () => {
    const one = leasesFixture().relay("one");
    await one.upkeep();
    expect(bucketsOf(one)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("shares the buckets with a second relay, and no bucket belongs to both", async () => {
    const { clock, relay } = leasesFixture();
    const [one, two] = [relay("one"), relay("two")];
    await one.upkeep();
    await two.upkeep();
    expect(bucketsOf(two)).to.deep.equal([]);
    clock.pass(UPKEEP_MS);
    await one.upkeep();
    expect(bucketsOf(one)).to.have.length(4);
    await two.upkeep();
    expect([...bucketsOf(one), ...bucketsOf(two)].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("counts each lease that is acquired, released or lost, and no renewal", async () => {
    const { changes, clock, relay } = leasesFixture();
    const [one, two] = [relay("one"), relay("two")];
    await one.upkeep();
    clock.pass(UPKEEP_MS);
    await one.upkeep();
    expect(changes()).to.deep.equal([8, 0, 0]);
    await two.upkeep();
    clock.pass(UPKEEP_MS);
    await one.upkeep();
    expect(changes()).to.deep.equal([8, 4, 0]);
    const [lost] = one.held();
    if (!lost) throw new Error("the relay holds buckets");
    one.drop(lost);
    expect(changes()).to.deep.equal([8, 4, 1]);
  });

  it("gives released buckets to another relay immediately", async () => {
    const { clock, relay } = leasesFixture();
    const [one, two] = [relay("one"), relay("two")];
    await one.upkeep();
    await two.upkeep();
    await one.release();
    expect(bucketsOf(one)).to.deep.equal([]);
    clock.pass(UPKEEP_MS);
    await two.upkeep();
    expect(bucketsOf(two)).to.have.length(8);
  });

  it("gets the buckets of a dead relay in a new epoch when its leases expire", async () => {
    const { clock, relay } = leasesFixture();
    const [dead, other] = [relay("dead"), relay("other")];
    await dead.upkeep();
    await other.upkeep();
    clock.pass(LEASE_MS);
    await other.upkeep();
    expect(bucketsOf(other)).to.have.length(8);
    expect(other.held().every(({ lease }) => lease.epoch === 2)).to.equal(true);
  });

  it("keeps the buckets in the same epoch while the relay renews its leases", async () => {
    const { clock, relay } = leasesFixture();
    const one = relay("one");
    for (let round = 0; round < 10; round += 1) {
      await one.upkeep();
      clock.pass(UPKEEP_MS);
    }
    expect(bucketsOf(one)).to.have.length(8);
    expect(one.held().every(({ lease }) => lease.epoch === 1)).to.equal(true);
  });

  it("has no bucket when the relay's own clock says that its leases have expired", async () => {
    const { clock, relay } = leasesFixture();
    const one = relay("one");
    await one.upkeep();
    const [held] = one.held();
    clock.pass(LEASE_MS - 1);
    expect(held?.isLive()).to.equal(true);
    clock.pass(1);
    expect(held?.isLive()).to.equal(false);
    expect(bucketsOf(one)).to.deep.equal([]);
  });

  it("removes a dropped bucket, and takes it again while no other relay does", async () => {
    const { clock, relay } = leasesFixture();
    const one = relay("one");
    await one.upkeep();
    for (const held of one.held().filter(({ bucket }) => bucket === 3)) one.drop(held);
    expect(bucketsOf(one)).to.deep.equal([0, 1, 2, 4, 5, 6, 7]);
    clock.pass(UPKEEP_MS);
    await one.upkeep();
    expect(bucketsOf(one).toSorted()).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("keeps a bucket that is dropped with the epoch before its present one", async () => {
    const { clock, relay } = leasesFixture();
    const one = relay("one");
    await one.upkeep();
    const earlier = one.held();
    clock.pass(LEASE_MS);
    await one.upkeep();
    for (const held of earlier) one.drop(held);
    expect(bucketsOf(one)).to.have.length(8);
  });
});
