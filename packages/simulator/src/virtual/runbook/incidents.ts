import { chance } from "../../chance/seededRandom.ts";
import type { Incident, IncidentStage } from "./incident.ts";

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
      else breakages.hang("promotion");
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
  { runbook: "sale-pause-resume", faultsUntilMs: FAULTS_UNTIL_MS },
];

/** Deploys a version without the defect, on every worker. */
function restartWorkers({ processes, breakages }: IncidentStage): void {
  breakages.mend("promotion");
  breakages.mend("hold-expiry");
  processes.release("worker");
  processes.restart("worker");
}

/** Finds the incident of a runbook. */
export function findIncident(runbook: string | undefined): Incident | undefined {
  return INCIDENTS.find((incident) => incident.runbook === runbook);
}
