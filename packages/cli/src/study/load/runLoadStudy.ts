import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stackStatus } from "@onsale/devstack";
import type { WatchedProcesses } from "@onsale/simulator/bench";
import {
  LOAD_REPORT_VERSION,
  type LoadReport,
  type LoadScenarioPlan,
  type LoadScenarioResult,
  loadAverageNow,
  runLoadScenario,
  thisMachine,
} from "@onsale/simulator/study";
import { durationText } from "@onsale/simulator/terminal";
import { commitOf } from "../../commitOf.ts";
import { DEVSTACK_FOLDER } from "../../productEntry.ts";
import { reachableServers } from "../../reachableServers.ts";
import { measuredServers } from "../../stackEnvironment.ts";
import { findK6, halfOfFreeMemoryMb, k6Version, startK6 } from "./k6Process.ts";
import { withLoadGround } from "./withLoadGround.ts";

export type LoadProfile = "smoke" | "full";

export interface LoadStudyInput {
  readonly plans: readonly LoadScenarioPlan[];
  readonly profile: LoadProfile;
  readonly apiProcesses: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The profile `smoke` is about this many times shorter. */
const SMOKE_DIVISOR = 15;
/** Set-up, drain and checks of a scenario, ms. */
const AROUND_MS = 10_000;
/** Pause between two progress lines, ms. */
const SAY_EVERY_MS = 15_000;

/** Runs the scenarios one after the other, each with data and processes of its own. */
export async function runLoadStudy(input: LoadStudyInput): Promise<LoadReport> {
  const { plans, profile, apiProcesses, say, signal } = input;
  const k6 = await findK6();
  const servers = await measuredServers();
  await reachableServers(servers, ["mysql", "redis", "kafka"]);
  const status = await stackStatus();
  const watched: WatchedProcesses = Object.fromEntries(
    status.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, [pid]]])),
  );
  const commit = await commitOf(import.meta.dirname);
  const folder = join(DEVSTACK_FOLDER, "load");
  await mkdir(folder, { recursive: true });
  const scenarios: LoadScenarioResult[] = [];
  for (const [index, plan] of plans.entries()) {
    const restMs = plans.slice(index + 1).reduce((sum, one) => sum + lengthMs(one, profile), 0);
    say(`${plan.name}: about ${durationText(lengthMs(plan, profile) + restMs)} to go`);
    const seats = plan.seats[profile];
    const { concerts, env } = plan;
    const memoryMb = halfOfFreeMemoryMb();
    const run = {
      ...{ takenAt: new Date().toISOString(), loadBefore: loadAverageNow(), k6MemoryMb: memoryMb },
      ...(commit !== undefined && { commit }),
    };
    const ground = { servers, apiProcesses, concerts, seats, env, signal };
    const result = await withLoadGround(ground, ({ core, processes }) =>
      runLoadScenario({
        ...{ plan, core, processes, signal, servers: watched },
        startK6: () =>
          startK6(
            {
              ...{ k6, script: plan.script, memoryMb, signal },
              env: {
                K6_PROFILE: profile,
                BASE_URLS: processes.baseUrls.join(","),
                SEATS: String(seats),
                SCENARIO: plan.name,
              },
            },
            join(folder, `${plan.name}.json`),
          ),
        onSample: progressOf(plan, profile, restMs, say),
      }),
    );
    scenarios.push({ ...result, run });
  }
  return {
    ...{ schemaVersion: LOAD_REPORT_VERSION, profile, apiProcesses, scenarios },
    k6: await k6Version(k6),
    machine: {
      ...thisMachine(),
      servers: status.map(({ flavour }) => flavour),
    },
  };
}

function lengthMs({ fullSeconds }: LoadScenarioPlan, profile: LoadProfile): number {
  const seconds = profile === "full" ? fullSeconds : fullSeconds / SMOKE_DIVISOR;
  return seconds * 1000 + AROUND_MS;
}

function progressOf(
  plan: LoadScenarioPlan,
  profile: LoadProfile,
  restMs: number,
  say: (line: string) => void,
): (atMs: number) => void {
  let nextMs = SAY_EVERY_MS;
  return (atMs) => {
    if (atMs < nextMs) return;
    nextMs += SAY_EVERY_MS;
    const toGoMs = Math.max(0, lengthMs(plan, profile) - atMs) + restMs;
    say(`${plan.name}: ${durationText(atMs)} passed; about ${durationText(toGoMs)} to go`);
  };
}
