import { expect } from "chai";
import type { Actor } from "../../../src/virtual/actor.ts";
import { type CallFate, Faults, type Weather, weatherOf } from "../../../src/virtual/faults.ts";
import { namedStream } from "../../../src/virtual/prng.ts";

const STORM: Weather = { callShare: 0.1, worldFates: 12, skewMs: 0 };
const CALLS = 1_000;

const actorOf = (seed: number, name = "api-1"): Actor => ({
  name,
  random: namedStream(seed, name),
  calls: 0,
});

/** The fates of a process's calls, by the number of the call. */
function fatesOf(faults: Faults, actor: Actor, canCrash = true): Map<number, CallFate> {
  const fates = new Map<number, CallFate>();
  for (let call = 1; call <= CALLS; call += 1) {
    const fate = faults.fateOf(actor, canCrash);
    if (fate) fates.set(call, fate);
  }
  return fates;
}

describe("Faults", () => {
  it("are the same for the same seed, and others for another", () => {
    const [one, same, other] = [5, 5, 6].map((seed) => {
      const faults = new Faults(seed, STORM, 4);
      return { world: faults.world, calls: [...fatesOf(faults, actorOf(seed))] };
    });
    expect(one).to.deep.equal(same);
    expect(one?.world).to.not.deep.equal(other?.world);
    expect(one?.calls).to.not.deep.equal(other?.calls);
  });

  it("strike as many calls as the weather says", () => {
    const struck = fatesOf(new Faults(5, STORM, 4), actorOf(5)).size / CALLS;
    expect(struck).to.be.within(0.07, 0.13);
  });

  it("do not depend on what others do in between", () => {
    const alone = fatesOf(new Faults(5, STORM, 4), actorOf(5));
    const faults = new Faults(5, STORM, 4);
    const [actor, neighbour] = [actorOf(5), actorOf(5, "api-2")];
    const among = new Map<number, CallFate>();
    for (let call = 1; call <= CALLS; call += 1) {
      if (call % 3 === 0) faults.fateOf(neighbour, true);
      const fate = faults.fateOf(actor, true);
      if (fate) among.set(call, fate);
    }
    expect(among).to.deep.equal(alone);
  });

  it("name those that came true by actor and call", () => {
    const faults = new Faults(5, STORM, 4);
    const fates = fatesOf(faults, actorOf(5));
    expect(faults.happened).to.deep.equal([...fates.keys()].map((call) => `api-1#${call}`));
  });

  it("shift no other when one of them is left out", () => {
    const all = new Faults(5, STORM, 4);
    const fates = fatesOf(all, actorOf(5));
    const leftOut = [...fates.keys()][3] ?? 0;
    const only = new Set(all.happened.filter((id) => id !== `api-1#${leftOut}`));
    const fewer = fatesOf(new Faults(5, STORM, 4, only), actorOf(5));
    fates.delete(leftOut);
    expect(fewer).to.deep.equal(fates);
  });

  it("of the world keep their place in the order when they may not happen", () => {
    const { world } = new Faults(5, STORM, 4);
    const leftOut = world[4]?.id ?? "";
    const only = new Set(world.map(({ id }) => id).filter((id) => id !== leftOut));
    const fewer = new Faults(5, STORM, 4, only);
    expect(fewer.world).to.deep.equal(world);
    expect(world.filter(({ id }) => !fewer.allows(id)).map(({ id }) => id)).to.deep.equal([
      leftOut,
    ]);
  });

  it("of the world come in the order of their times, while buyers buy", () => {
    const { world } = new Faults(5, { ...STORM, worldFates: 300 }, 4);
    const times = world.map(({ atMs }) => atMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(Math.min(...times)).to.be.at.least(0);
    expect(Math.max(...times)).to.be.at.most(15_000);
    const killed = world.flatMap((fate) => (fate.kind === "kill" ? [fate.processIndex] : []));
    expect(new Set(killed)).to.deep.equal(new Set([0, 1, 2, 3]));
    const kinds = new Set(world.map(({ kind }) => kind));
    expect(kinds).to.deep.equal(new Set(["redis-loss", "stall", "kill", "rewind"]));
  });

  it("are over when they are stopped, and shift nothing by that", () => {
    const faults = new Faults(5, STORM, 4);
    const [stopped, free] = [actorOf(5), actorOf(5)];
    fatesOf(faults, stopped);
    fatesOf(new Faults(5, STORM, 4), free);
    const before = faults.happened.length;
    faults.stop();
    expect(faults.areOver).to.equal(true);
    expect(fatesOf(faults, stopped).size).to.equal(0);
    expect(faults.happened).to.have.length(before);
    fatesOf(new Faults(5, STORM, 4), free);
    expect(stopped.random.next()).to.equal(free.random.next());
  });

  it("kill no process through a person's call, and shift nothing by that", () => {
    const person = fatesOf(new Faults(5, STORM, 4), actorOf(5), false);
    const process = fatesOf(new Faults(5, STORM, 4), actorOf(5), true);
    expect([...person.keys()]).to.deep.equal([...process.keys()]);
    const kindsOf = (fates: Map<number, CallFate>) => [...fates.values()].map(({ kind }) => kind);
    expect(kindsOf(process)).to.include.members(["crash-before", "crash-after"]);
    expect(kindsOf(person)).to.not.include.members(["crash-before"]);
    expect(kindsOf(person)).to.not.include.members(["crash-after"]);
  });

  it("are none in calm weather", () => {
    const faults = new Faults(5, { callShare: 0, worldFates: 0, skewMs: 0 }, 4);
    expect(fatesOf(faults, actorOf(5)).size).to.equal(0);
    expect(faults.world).to.deep.equal([]);
  });
});

describe("weatherOf", () => {
  it("gives a seed one weather, and the seeds all of them alike", () => {
    expect(weatherOf(12)).to.equal(weatherOf(12));
    const seeds = new Map<Weather, number>();
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const weather = weatherOf(seed);
      seeds.set(weather, (seeds.get(weather) ?? 0) + 1);
    }
    expect(seeds.size).to.equal(5);
    for (const count of seeds.values()) expect(count).to.be.within(140, 260);
  });
});
