import { expect } from "chai";
import { useTestCore } from "../support/testCore.ts";

const TTL_MS = 60_000;

describe("leases in the database", () => {
  const current = useTestCore();
  const leases = () => current().core.leases;
  const expire = (name: string) =>
    current().sql("UPDATE leases SET expires_at = NOW(6) - INTERVAL 1 HOUR WHERE name = ?", [name]);

  it("belong to one of many who ask at once", async () => {
    const owners = Array.from({ length: 20 }, (_unused, index) => `owner-${index}`);
    const answers = await Promise.all(
      owners.map((owner) => leases().acquire("contested", owner, TTL_MS)),
    );
    const granted = answers.filter((lease) => lease !== undefined);
    expect(granted).to.have.length(1);
    expect(granted[0]?.epoch).to.equal(1);
  });

  it("are contested once more when they ran out, and one gets the next epoch", async () => {
    await leases().acquire("ran-out", "dead", TTL_MS);
    await expire("ran-out");
    const owners = Array.from({ length: 20 }, (_unused, index) => `owner-${index}`);
    const answers = await Promise.all(
      owners.map((owner) => leases().acquire("ran-out", owner, TTL_MS)),
    );
    expect(answers.filter((lease) => lease !== undefined).map(({ epoch }) => epoch)).to.deep.equal([
      2,
    ]);
  });

  it("are renewed by their owner under the same epoch, and refused to others", async () => {
    await leases().acquire("mine", "me", TTL_MS);
    expect(await leases().acquire("mine", "you", TTL_MS)).to.equal(undefined);
    const renewed = await leases().acquire("mine", "me", TTL_MS);
    expect(renewed).to.deep.equal({ name: "mine", owner: "me", epoch: 1 });
  });

  it("come back with a higher epoch when they had run out, even to the same owner", async () => {
    await leases().acquire("slept", "me", TTL_MS);
    await expire("slept");
    expect((await leases().acquire("slept", "me", TTL_MS))?.epoch).to.equal(2);
  });

  it("can be given back, and go on with the next epoch", async () => {
    const lease = await leases().acquire("given", "me", TTL_MS);
    if (!lease) throw new Error("it is free");
    await leases().release(lease);
    expect(await leases().list("given")).to.deep.equal([]);
    const next = await leases().acquire("given", "you", TTL_MS);
    expect(next).to.deep.equal({ name: "given", owner: "you", epoch: 2 });
    await leases().release(lease);
    expect(await leases().list("given"), "after a late release").to.deep.equal([next]);
  });

  it("are listed by the beginning of their name, however it is spelt", async () => {
    await leases().acquire("a_%:1", "me", TTL_MS);
    await leases().acquire("a_%:2", "you", TTL_MS);
    await leases().acquire("abc:3", "me", TTL_MS);
    await leases().acquire("a_%:4", "me", TTL_MS);
    await expire("a_%:4");
    const names = (await leases().list("a_%:")).map(({ name }) => name);
    expect(names).to.deep.equal(["a_%:1", "a_%:2"]);
  });

  it("are forgotten only when they ran out long ago", async () => {
    await leases().acquire("member:old", "old", TTL_MS);
    await leases().acquire("member:new", "new", TTL_MS);
    await expire("member:old");
    expect(await leases().forget("member:", 30 * TTL_MS)).to.equal(1);
    const [row] = await current().sql(
      "SELECT COUNT(*) AS kept FROM leases WHERE name LIKE 'member:%'",
    );
    expect(row?.kept).to.equal(1);
  });
});
