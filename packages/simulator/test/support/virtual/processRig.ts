import { createMemoryServers } from "@onsale/core/memory";
import { breakages } from "../../../src/virtual/breakages.ts";
import { Faults } from "../../../src/virtual/faults.ts";
import { lossAtPromotion } from "../../../src/virtual/lossAtPromotion.ts";
import { planRun } from "../../../src/virtual/runPlan.ts";
import { serverStalls } from "../../../src/virtual/stalls.ts";
import { noTrace } from "../../../src/virtual/trace.ts";
import { virtualClock } from "../../../src/virtual/virtualClock.ts";
import { virtualIds } from "../../../src/virtual/virtualIds.ts";
import { type ProcessHost, VirtualProcess } from "../../../src/virtual/virtualProcess.ts";
import { virtualQueueTokens } from "../../../src/virtual/virtualTokens.ts";
import { scriptedRandom } from "../scriptedRandom.ts";
import { schedulerRig } from "./schedulerRig.ts";

const CALM = { callFaultShare: 0, scheduledFaults: 0, refusalShare: 0, skewMs: 0 };

/** In-memory servers, and processes connected to them, started by name and life. */
export function processRig(skewMs = 0) {
  const { scheduler, runOut } = schedulerRig();
  const stalls = serverStalls(scheduler, () => scriptedRandom(1));
  const deaths: string[] = [];
  const found: string[] = [];
  const plan = { ...planRun(1, {}), profile: { ...CALM, skewMs }, isCalm: false };
  const clock = virtualClock(scheduler, stalls.owner);
  const host: ProcessHost = {
    plan,
    network: { scheduler, stalls, faults: new Faults(plan.streams, CALM, 2), trace: noTrace },
    installation: {
      servers: createMemoryServers({ clock }),
      clock,
      breakages: breakages(),
      atPromotion: lossAtPromotion(scheduler),
      ports: {
        ids: virtualIds(),
        tokens: virtualQueueTokens(),
        webhook: {
          send: async () => undefined,
          capacity: () => Number.POSITIVE_INFINITY,
          probe: async () => undefined,
        },
      },
    },
    report: (_check, message) => void found.push(message),
  };
  return {
    host,
    scheduler,
    runOut,
    deaths,
    found,
    start: (name: string, life = 1) =>
      new VirtualProcess(name, life, host, (downMs) => deaths.push(`${name} ${downMs}`)),
  };
}
