import type { PublishedMessage } from "@onsale/core";
import { expect } from "chai";
import { randomStreams } from "../../../src/chance/seededRandom.ts";
import {
  CALM_NETWORK,
  messageNetwork,
  type NetworkFaults,
  ROUGH_NETWORK,
} from "../../../src/services/messageNetwork.ts";
import { scheduleOf } from "../../../src/virtual/schedule.ts";
import { Scheduler } from "../../../src/virtual/scheduler.ts";
import { noTrace } from "../../../src/virtual/trace.ts";

const messageOf = (version: number): PublishedMessage => ({
  messageId: `message-${version}`,
  topic: "topic",
  key: "payment:1",
  value: "{}",
  headers: { "aggregate-version": String(version) },
});

/** Sends 20 messages of one aggregate. @returns the versions in the order of their arrival */
async function arrivals(faults: NetworkFaults, refuse = (_version: string) => false) {
  const streams = randomStreams(3);
  const scheduler = new Scheduler(scheduleOf(streams));
  const arrived: string[] = [];
  const network = messageNetwork({
    ...{ scheduler, owner: { isAlive: true }, streams, trace: noTrace, faults },
    receiverOf: () => async (message) => {
      const version = message.headers["aggregate-version"] ?? "";
      if (refuse(version)) return false;
      arrived.push(version);
      return true;
    },
  });
  for (let version = 1; version <= 20; version += 1) network.accept(messageOf(version));
  await scheduler.run(() => network.underWay === 0, 10_000);
  return arrived;
}

describe("the network between two services", () => {
  it("delivers each message once when it is calm", async () => {
    const arrived = await arrivals(CALM_NETWORK);
    expect(arrived).to.have.length(20);
    expect(new Set(arrived).size).to.equal(20);
  });

  it("loses no message, duplicates some and lets later ones overtake", async () => {
    const arrived = await arrivals(ROUGH_NETWORK);
    expect(new Set(arrived).size).to.equal(20);
    expect(arrived.length).to.be.above(20);
    const first = [...new Set(arrived)].map(Number);
    expect(first).to.not.deep.equal(first.toSorted((a, b) => a - b));
  });

  it("delivers a message again after its receiver refused it", async () => {
    let refusals = 0;
    const arrived = await arrivals(CALM_NETWORK, (version) => {
      refusals += version === "5" ? 1 : 0;
      return version === "5" && refusals <= 3;
    });
    expect(refusals).to.equal(4);
    expect(arrived.filter((version) => version === "5")).to.have.length(1);
  });
});
