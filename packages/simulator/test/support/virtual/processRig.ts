import { createMemoryServers } from "@onsale/core/memory";
import { Faults } from "../../../src/virtual/faults.ts";
import { virtualConfig } from "../../../src/virtual/scenario.ts";
import { serverStalls } from "../../../src/virtual/stalls.ts";
import { noTrace } from "../../../src/virtual/trace.ts";
import { virtualClock } from "../../../src/virtual/virtualClock.ts";
import { virtualIds } from "../../../src/virtual/virtualIds.ts";
import { VirtualProcess } from "../../../src/virtual/virtualProcess.ts";
import { virtualQueueTokens } from "../../../src/virtual/virtualTokens.ts";
import { scriptedRandom } from "../scriptedRandom.ts";
import { schedulerRig } from "./schedulerRig.ts";

/** Servers, and processes at them by name and life. */
export function processRig() {
  const { scheduler, runOut } = schedulerRig();
  const stalls = serverStalls(scheduler, () => scriptedRandom(1));
  const deaths: string[] = [];
  const found: string[] = [];
  const world = {
    scheduler,
    stalls,
    faults: new Faults(1, { callFaultShare: 0, scheduledFaults: 0, skewMs: 0 }, 2),
    trace: noTrace,
    seed: 1,
    config: virtualConfig({ seatLock: "redlock" }),
    servers: createMemoryServers({ clock: virtualClock(scheduler, stalls.owner) }),
    ids: virtualIds(),
    tokens: virtualQueueTokens(),
    webhook: { send: async () => undefined },
    isCalm: false,
    skewOf: (name: string) => (name === "api-2" ? 150 : 0),
    found: (_check: string, message: string) => void found.push(message),
  };
  return {
    world,
    scheduler,
    runOut,
    deaths,
    found,
    start: (name: string, life = 1) =>
      new VirtualProcess(name, life, "api", world, (downMs) => deaths.push(`${name} ${downMs}`)),
  };
}
