import type { Stack } from "@onsale/devstack";
import type { RoomSettings } from "@onsale/simulator";
import type { WatchedProcesses } from "@onsale/simulator/bench";
import type { IncidentRunbook } from "@onsale/simulator/study";
import type { Drill, DrillSite } from "../drill/drill.ts";
import { repairByRunbook } from "../drill/repairByRunbook.ts";
import type { DoctorWatch } from "./doctorWatch.ts";

/** One run of the study. */
export interface IncidentOptions {
  readonly stack: Pick<Stack, "fault" | "urls">;
  /** The pids of the servers, as far as they are known. */
  readonly servers: WatchedProcesses;
  readonly machine: { readonly cores: number };
  readonly buyers: number;
  readonly seats: number;
  readonly room: RoomSettings;
  /** Mean pause between two requests of a buyer, ms. */
  readonly thinkMs: number;
  /** Length of the stretches before and after the runbook, ms. */
  readonly windowMs: number;
  /** Without the runbook: the time to wait instead of it, ms. Undefined: execute the runbook. */
  readonly leaveForMs: number | undefined;
  /** Longest wait for the finding after the first stretch, ms. */
  readonly findingMs: number;
  readonly signal: AbortSignal;
  /** Receives a line for each point of the run, with its time. */
  readonly say: (atMs: number, line: string) => void;
}

/** An execution gets this time; then the operator stops it and executes the runbook again, ms. */
const EXECUTION_MS_MAX = 45_000;
/** Each execution halves the limits, so three of them let in an eighth of the buyers. */
const EXECUTIONS_MAX = 3;
const FINDING = "OVERLOADED";

/**
 * The operator of the study has no other machine, so the load has to fall when fewer buyers are let
 * in.
 */
const OVERLOAD: Drill = {
  runbook: "overload",
  incident: "the queue lets in more buyers than the machine can serve",
  boundMs: 0,
  breakIt: async () => undefined,
  manual: { "add-capacity": async () => undefined },
};

/**
 * Executes the runbook when doctor has its finding, and again while the load does not fall, as the
 * text of the runbook says; or lets the same time pass.
 * @returns the executions; none when the runbook was not executed
 */
export async function repairOrLeave(
  options: IncidentOptions,
  site: DrillSite,
  doctor: DoctorWatch,
  now: () => number,
): Promise<IncidentRunbook[]> {
  const { leaveForMs, signal, say } = options;
  if (leaveForMs !== undefined) {
    await site.core.clock.sleep(leaveForMs, signal);
    return [];
  }
  if (!(await doctor.found(FINDING, options.findingMs))) {
    say(now(), `doctor did not find ${FINDING}, so the runbook is not executed`);
    return [];
  }
  const executions: IncidentRunbook[] = [];
  while (executions.length < EXECUTIONS_MAX && !signal.aborted) {
    const execution = await execute(options, site, now);
    executions.push(execution);
    if (execution.status === "DONE") break;
  }
  return executions;
}

async function execute(
  { signal, say }: IncidentOptions,
  site: DrillSite,
  now: () => number,
): Promise<IncidentRunbook> {
  const beganMs = now();
  say(beganMs, "the runbook overload begins");
  const steps: IncidentRunbook["steps"] = [];
  const tooLong = AbortSignal.timeout(EXECUTION_MS_MAX);
  const bounded = AbortSignal.any([signal, tooLong]);
  const repair = await repairByRunbook(
    OVERLOAD,
    { ...site, signal: bounded },
    (line) => say(now(), line),
    ({ step, point, read }) => void steps.push({ atMs: now(), step, point, read }),
  ).catch((error: unknown) => ({ status: "ERROR", planCount: 0, stopped: String(error) }));
  const { status, planCount } = repair;
  const isTooLong = status === "STOPPED" && tooLong.aborted;
  const stopped = isTooLong ? "The load did not fall in time, so it was stopped." : repair.stopped;
  say(now(), `the runbook ended as ${status}`);
  return { beganMs, endedMs: now(), status, planCount, stopped, steps };
}
