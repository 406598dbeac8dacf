import type { ServerStatus, Stack } from "@onsale/devstack";
import type { RoomSettings } from "@onsale/simulator";
import type { WatchedProcesses } from "@onsale/simulator/bench";
import {
  INCIDENT_REPORT_VERSION,
  type IncidentReport,
  loadAverageNow,
  thisMachine,
} from "@onsale/simulator/study";
import type { IncidentOptions } from "./repairOrLeave.ts";
import { runIncident } from "./runIncident.ts";

/*
 * The study of incidents
 *
 * Problem: a runbook for an overload is a promise until it was executed on an overloaded machine.
 * Its effect is known only when the figures before and after it are compared, and when the same
 * time without the runbook is compared too: a crowd becomes smaller by itself.
 *
 * For each number of buyers the study runs the same incident twice, each with data of its own:
 *
 *   before    all buyers arrive at the same time; the queue lets in more than the machine serves
 *   runbook   doctor has found OVERLOADED, and the runbook is planned and executed; when the load
 *             does not fall, it is stopped and executed again
 *   after     as long as `before`, with the settings that the runbook made
 *   checked   the buyers leave, every message is published and applied, I1 to I10 are checked
 *
 * The second run lets the time of the runbook pass. In both runs a sampler reads every resource
 * once a second, and doctor looks every three seconds.
 *
 * Failures:
 * - Doctor has no finding: the runbook is not executed, and the result says so.
 * - The runbook does not end in its time: the run goes on, and the result has its status.
 * - Ctrl-C, or an error of a run: every process ends, and the data of the run is dropped.
 *
 * Not promised: that other machines have the same figures. Buyers, API, worker and servers share
 * the cores, so the buyers take part of what they measure; the result names their share.
 */

export interface IncidentsStudyInput {
  readonly stack: Pick<Stack, "fault" | "urls">;
  readonly status: readonly ServerStatus[];
  /** One incident for each number. */
  readonly buyerCounts: readonly number[];
  readonly seats: number;
  readonly room: RoomSettings;
  readonly thinkMs: number;
  readonly windowMs: number;
  /** Whether each incident is run once more without the runbook. */
  readonly isCompared: boolean;
  /** Longest wait for the finding after the first stretch, ms. */
  readonly findingMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Runs the study. */
export async function runIncidentsStudy(input: IncidentsStudyInput): Promise<IncidentReport> {
  const { status, room, thinkMs, windowMs } = input;
  const takenAt = new Date().toISOString();
  const loadBefore = loadAverageNow();
  const { cores, ...facts } = thisMachine();
  const machine = { ...facts, servers: status.map(({ flavour }) => flavour), loadBefore };
  let bounds = { cores, inFlightMax: 0, poolMax: 0 };
  const incidents: IncidentReport["incidents"] = [];
  for (const buyers of input.buyerCounts) {
    const repaired = await runIncident(runOptions(input, buyers, undefined));
    bounds = repaired.bounds;
    const { before, after } = repaired.run;
    const leaveForMs = after.fromMs - before.toMs;
    const left = input.isCompared
      ? (await runIncident(runOptions(input, buyers, leaveForMs))).run
      : undefined;
    incidents.push({ buyers, repaired: repaired.run, left });
  }
  const { activeCountMax, admissionRatePerMinute, activeTtlMs } = room;
  return {
    ...{ schemaVersion: INCIDENT_REPORT_VERSION, takenAt, machine, bounds, thinkMs, windowMs },
    room: { activeCountMax, admissionRatePerMinute, activeTtlMs },
    incidents,
  };
}

function runOptions(
  input: IncidentsStudyInput,
  buyers: number,
  leaveForMs: number | undefined,
): IncidentOptions {
  const { stack, status, seats, room, thinkMs, windowMs, findingMs, signal } = input;
  const name = `${buyers} buyers${leaveForMs === undefined ? "" : ", no runbook"}`;
  return {
    ...{ stack, buyers, seats, room, thinkMs, windowMs, findingMs, leaveForMs, signal },
    servers: watchable(status),
    machine: thisMachine(),
    say: (atMs, line) => input.say(`${(atMs / 1000).toFixed(1).padStart(6)} s  ${name}: ${line}`),
  };
}

function watchable(status: readonly ServerStatus[]): WatchedProcesses {
  const known = status.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, [pid]]]));
  return Object.fromEntries(known);
}
