import { hostname, userInfo } from "node:os";
import {
  findRunbook,
  PlanStaleError,
  planRunbook,
  type RunbookEvent,
  type RunbookHandlers,
  type RunbookReport,
  type RunbookRequest,
  runRunbook,
} from "@onsale/core";
import type { Drill, DrillSite } from "./drill.ts";
import type { Repair } from "./drillResult.ts";

/** Time limit of the run of a runbook in a drill, ms. */
const REPAIR_MS_MAX = 150_000;
/**
 * Maximum number of plans. The incident goes on between a plan and its execution, so a plan can be
 * stale.
 */
const PLANS_MAX = 10;

/**
 * Plans and executes the runbook. The handlers of the drill do its manual steps.
 * @param onEvent called at each point of the run
 */
export async function repairByRunbook(
  drill: Drill,
  site: DrillSite,
  say: (line: string) => void,
  onEvent: (event: RunbookEvent) => void = () => undefined,
): Promise<Repair> {
  const { core } = site;
  const request = requestOf(drill, site);
  const startedMs = core.clock.monotonicMs();
  await drill.beforeRun?.(site);
  for (let planCount = 1; ; planCount += 1) {
    const { job } = await planRunbook(core, request);
    try {
      const report = await execute(drill, site, job.id, handlersOf(drill, site, say, onEvent));
      const { status, passed, failedStep, verifications, stopped } = report;
      const tookMs = core.clock.monotonicMs() - startedMs;
      const why = stopped?.detail ?? stopped?.reason;
      return { status, passed, failedStep, verifications, tookMs, planCount, stopped: why };
    } catch (error) {
      if (!(error instanceof PlanStaleError) || planCount === PLANS_MAX) throw error;
    }
  }
}

/** The queue is named, because earlier drills can have left other queues. */
function requestOf({ runbook }: Drill, { load }: DrillSite): RunbookRequest {
  const isAboutQueue = findRunbook(runbook).subject === "queue";
  return { runbook, subject: isAboutQueue ? load.queueId : undefined };
}

function execute(
  drill: Drill,
  site: DrillSite,
  jobId: string,
  handlers: RunbookHandlers,
): Promise<RunbookReport> {
  const { runbook } = drill;
  return runRunbook(site.core, {
    ...{ jobId, request: requestOf(drill, site), confirmation: runbook, reason: "a drill" },
    operator: { name: userInfo().username, host: hostname(), command: `drill ${runbook}` },
    ...{ timeoutMs: REPAIR_MS_MAX, signal: site.signal, handlers },
  });
}

function handlersOf(
  { manual }: Drill,
  site: DrillSite,
  say: (line: string) => void,
  onEvent: (event: RunbookEvent) => void,
): RunbookHandlers {
  return {
    async manual({ step }) {
      const act = manual[step.name];
      if (!act) say(`the drill cannot do the step ${step.name}`);
      await act?.(site);
      return act !== undefined;
    },
    onEvent(event) {
      const { step, point, read } = event;
      onEvent(event);
      if (point === "asked") say(`doing by hand: ${step}`);
      if (point === "passed" || point === "failed" || point === "stopped") {
        say(`${step} ${point} (${read ?? ""})`);
      }
    },
  };
}
