import { type CoreContext, executeOperation, findOperation, planOperation } from "@onsale/core";
import { chance } from "../../chance/seededRandom.ts";
import type { Incident, IncidentStage } from "./incident.ts";

const LOOPS = ["promotion", "hold-expiry", "notification-delivery", "consumer"] as const;

/** While the operators detect the incident and do the first steps, ms. */
const FAULTS_UNTIL_MS = 25_000;
/** The outbox is late only after half a minute, so the steps begin later, ms. */
const LATE_FAULTS_UNTIL_MS = 70_000;

/**
 * The incident of each runbook that the engine can explore. `onsale runbook explore` runs it with
 * the faults of the seed.
 */
export const INCIDENTS: readonly Incident[] = [
  {
    runbook: "queue-stuck",
    faultsUntilMs: FAULTS_UNTIL_MS,
    cause({ processes, breakages, random }) {
      if (chance(random, 0.5)) processes.hold("worker");
      else breakages.break("promotion");
    },
    manual: { "restart-worker": restartWorkers },
    // Redis has lost the queue too. A worker restores it.
    whenUnmet: restartWorkers,
  },
  {
    runbook: "outbox-lag",
    faultsUntilMs: LATE_FAULTS_UNTIL_MS,
    cause({ processes, stalls, random }) {
      const kind = random.next();
      if (kind < 0.6) stalls.cut("kafka");
      if (kind > 0.4) processes.hold("worker");
    },
    manual: {
      "start-relay": ({ processes }) => processes.release("worker"),
      "restore-kafka": ({ stalls }) => stalls.restore("kafka"),
    },
  },
  {
    runbook: "queue-lost",
    faultsUntilMs: FAULTS_UNTIL_MS,
    cause({ processes, breakages, stalls, random, loseRedis }) {
      if (chance(random, 0.3)) stalls.cut("redis");
      if (chance(random, 0.5)) processes.hold("worker");
      else breakages.break("promotion");
      loseRedis();
    },
    manual: {
      "restore-redis": ({ stalls }) => stalls.restore("redis"),
      "restart-worker": restartWorkers,
    },
  },
  {
    runbook: "hold-expiry-stopped",
    faultsUntilMs: FAULTS_UNTIL_MS,
    cause({ processes, breakages, random }) {
      if (chance(random, 0.3)) processes.hold("worker");
      else breakages.break("hold-expiry");
    },
    manual: { "restart-worker": restartWorkers },
  },
  {
    runbook: "consumer-stalled",
    faultsUntilMs: LATE_FAULTS_UNTIL_MS,
    cause({ breakages, random }) {
      const kind = random.next();
      if (kind < 0.5) breakages.break("receiver");
      if (kind > 0.3) breakages.break(kind > 0.7 ? "consumer" : "notification-delivery");
    },
    manual: {
      "restart-worker": restartWorkers,
      "restore-receiver": ({ breakages }) => breakages.mend("receiver"),
    },
  },
  {
    runbook: "poison-message",
    faultsUntilMs: FAULTS_UNTIL_MS,
    cause: ({ breakages }) => breakages.break("poison"),
    manual: {
      async "mend-cause"({ breakages, observer }) {
        breakages.mend("poison");
        await redrive(observer);
      },
    },
    // A message has become DEAD, or an alarm of the hourly reconciliation says so.
    explains: /given up|DEAD/,
  },
  { runbook: "sale-pause-resume", faultsUntilMs: FAULTS_UNTIL_MS },
];

/** Deploys a version without the defect, on every worker. */
function restartWorkers({ processes, breakages }: IncidentStage): void {
  for (const loop of LOOPS) breakages.mend(loop);
  processes.release("worker");
  processes.restart("worker");
}

/** Redrives messages that became DEAD before the cause was mended, as the instruction says. */
async function redrive(core: CoreContext): Promise<void> {
  const operation = findOperation("outbox.redrive");
  const { job } = await planOperation(core, { operation, input: {} });
  const operator = { name: "person", host: "virtual", command: "onsale outbox redrive" };
  await executeOperation(core, { operation, input: {}, jobId: job.id, operator });
}

/** Finds the incident of a runbook. */
export function findIncident(runbook: string | undefined): Incident | undefined {
  return INCIDENTS.find((incident) => incident.runbook === runbook);
}
