import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import type { Actor } from "../../../src/virtual/actor.ts";
import {
  type CallFault,
  type FaultProfile,
  Faults,
  faultProfileOf,
} from "../../../src/virtual/faults.ts";

const STORM: FaultProfile = {
  callFaultShare: 0.1,
  scheduledFaults: 12,
  refusalShare: 0,
  skewMs: 0,
};
const CALLS = 1_000;

const actorOf = (seed: number, name = "api-1"): Actor => ({
  name,
  random: randomStreams(seed)(name),
  calls: 0,
});

/** The faults of an actor's calls, by the number of the call. */
function callFaultsOf(faults: Faults, actor: Actor, canCrash = true): Map<number, CallFault> {
  const met = new Map<number, CallFault>();
  for (let call = 1; call <= CALLS; call += 1) {
    const fault = faults.callFaultOf(actor, canCrash);
    if (fault) met.set(call, fault);
  }
  return met;
}

describe("faults of a virtual sale", () => {
  it("are the same for the same seed, and differ between seeds", () => {
    const [one, same, other] = [5, 5, 6].map((seed) => {
      const faults = new Faults(randomStreams(seed), STORM, 4);
      return { scheduled: faults.scheduled, calls: [...callFaultsOf(faults, actorOf(seed))] };
    });
    expect(one).to.deep.equal(same);
    expect(one?.scheduled).to.not.deep.equal(other?.scheduled);
    expect(one?.calls).to.not.deep.equal(other?.calls);
  });

  it("affect the share of calls that the profile states", () => {
    const struck = callFaultsOf(new Faults(randomStreams(5), STORM, 4), actorOf(5)).size / CALLS;
    expect(struck).to.be.within(0.07, 0.13);
  });

  it("do not depend on calls of other actors", () => {
    const alone = callFaultsOf(new Faults(randomStreams(5), STORM, 4), actorOf(5));
    const faults = new Faults(randomStreams(5), STORM, 4);
    const [actor, neighbour] = [actorOf(5), actorOf(5, "api-2")];
    const among = new Map<number, CallFault>();
    for (let call = 1; call <= CALLS; call += 1) {
      if (call % 3 === 0) faults.callFaultOf(neighbour, true);
      const fault = faults.callFaultOf(actor, true);
      if (fault) among.set(call, fault);
    }
    expect(among).to.deep.equal(alone);
  });

  it("are recorded by actor and number of the call when they happen", () => {
    const faults = new Faults(randomStreams(5), STORM, 4);
    const met = callFaultsOf(faults, actorOf(5));
    expect(faults.happened).to.deep.equal([...met.keys()].map((call) => `api-1#${call}`));
  });

  it("do not change when one of them is excluded", () => {
    const all = new Faults(randomStreams(5), STORM, 4);
    const faults = callFaultsOf(all, actorOf(5));
    const leftOut = [...faults.keys()][3] ?? 0;
    const only = new Set(all.happened.filter((id) => id !== `api-1#${leftOut}`));
    const fewer = callFaultsOf(new Faults(randomStreams(5), STORM, 4, only), actorOf(5));
    faults.delete(leftOut);
    expect(fewer).to.deep.equal(faults);
  });

  it("keep their ids and times when a scheduled fault is excluded", () => {
    const { scheduled } = new Faults(randomStreams(5), STORM, 4);
    const leftOut = scheduled[4]?.id ?? "";
    const only = new Set(scheduled.map(({ id }) => id).filter((id) => id !== leftOut));
    const fewer = new Faults(randomStreams(5), STORM, 4, only);
    expect(fewer.scheduled).to.deep.equal(scheduled);
    expect(scheduled.filter(({ id }) => !fewer.allows(id)).map(({ id }) => id)).to.deep.equal([
      leftOut,
    ]);
  });

  it("are scheduled in the order of their times, within the first 15 s", () => {
    const { scheduled } = new Faults(randomStreams(5), { ...STORM, scheduledFaults: 300 }, 4);
    const times = scheduled.map(({ atMs }) => atMs);
    expect(times).to.deep.equal(times.toSorted((a, b) => a - b));
    expect(Math.min(...times)).to.be.at.least(0);
    expect(Math.max(...times)).to.be.at.most(15_000);
    const killed = scheduled.flatMap((fault) =>
      fault.kind === "kill" ? [fault.processIndex] : [],
    );
    expect(new Set(killed)).to.deep.equal(new Set([0, 1, 2, 3]));
    const kinds = new Set(scheduled.map(({ kind }) => kind));
    expect(kinds).to.deep.equal(
      new Set(["redis-loss", "loss-at-promotion", "stall", "kill", "rewind"]),
    );
  });

  it("end when they are stopped; the actor's stream then draws the same numbers", () => {
    const faults = new Faults(randomStreams(5), STORM, 4);
    const [stopped, free] = [actorOf(5), actorOf(5)];
    callFaultsOf(faults, stopped);
    callFaultsOf(new Faults(randomStreams(5), STORM, 4), free);
    const before = faults.happened.length;
    faults.stop();
    expect(faults.areOver).to.equal(true);
    expect(callFaultsOf(faults, stopped).size).to.equal(0);
    expect(faults.happened).to.have.length(before);
    callFaultsOf(new Faults(randomStreams(5), STORM, 4), free);
    expect(stopped.random.next()).to.equal(free.random.next());
  });

  it("never crash a client; the client's stream then draws the same numbers", () => {
    const person = callFaultsOf(new Faults(randomStreams(5), STORM, 4), actorOf(5), false);
    const process = callFaultsOf(new Faults(randomStreams(5), STORM, 4), actorOf(5), true);
    expect([...person.keys()]).to.deep.equal([...process.keys()]);
    const kindsOf = (faults: Map<number, CallFault>) =>
      [...faults.values()].map(({ kind }) => kind);
    expect(kindsOf(process)).to.include.members(["crash-before", "crash-after"]);
    expect(kindsOf(person)).to.not.include.members(["crash-before"]);
    expect(kindsOf(person)).to.not.include.members(["crash-after"]);
  });

  it("do not happen in the calm profile", () => {
    const faults = new Faults(
      randomStreams(5),
      { callFaultShare: 0, scheduledFaults: 0, refusalShare: 0, skewMs: 0 },
      4,
    );
    expect(callFaultsOf(faults, actorOf(5)).size).to.equal(0);
    expect(faults.scheduled).to.deep.equal([]);
  });
});

describe("faultProfileOf", () => {
  it("returns one profile for a seed, and each profile for about as many seeds", () => {
    expect(faultProfileOf(randomStreams(12))).to.equal(faultProfileOf(randomStreams(12)));
    const seeds = new Map<FaultProfile, number>();
    for (let seed = 1; seed <= 1_000; seed += 1) {
      const profile = faultProfileOf(randomStreams(seed));
      seeds.set(profile, (seeds.get(profile) ?? 0) + 1);
    }
    expect(seeds.size).to.equal(5);
    for (const count of seeds.values()) expect(count).to.be.within(140, 260);
  });
});
