import { chance } from "../../chance/seededRandom.ts";
import { damage, sellToBystander } from "./bystander.ts";
import type { Incident, IncidentStage } from "./incident.ts";

const LOOPS = ["promotion", "hold-expiry", "notification-delivery", "consumer"] as const;

/** Scheduled faults happen while the operators detect the incident and do the first steps. */
const DETECTED_SOON = { looksMax: 10, faultsUntilMs: 25_000 };
/**
 * The age of a message or of a notification shows the incident only after half a minute or more.
 */
const DETECTED_LATE = { looksMax: 30, faultsUntilMs: 70_000 };

/** The hourly checks of a worker log broken invariants, and sales that differ from damaged rows. */
const DAMAGE_ALARM = /invariant|sales projection differs/i;

/**
 * The incident of each runbook that the engine can explore. `onsale runbook explore` runs it with
 * the faults of the seed.
 */
export const INCIDENTS: readonly Incident[] = [
  {
    runbook: "queue-stuck",
    ...DETECTED_SOON,
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
    ...DETECTED_LATE,
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
    ...DETECTED_SOON,
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
    ...DETECTED_SOON,
    cause({ processes, breakages, random }) {
      if (chance(random, 0.3)) processes.hold("worker");
      else breakages.break("hold-expiry");
    },
    manual: { "restart-worker": restartWorkers },
  },
  {
    runbook: "consumer-stalled",
    ...DETECTED_LATE,
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
    ...DETECTED_SOON,
    cause: ({ breakages }) => breakages.break("poison"),
    manual: { "mend-cause": ({ breakages }) => breakages.mend("poison") },
    // A message has become DEAD, or an alarm of the hourly reconciliation says so.
    explains: /given up|DEAD/,
  },
  {
    runbook: "overload",
    ...DETECTED_SOON,
    cause: ({ breakages }) => breakages.break("overload"),
    manual: { "add-capacity": ({ breakages }) => breakages.mend("overload") },
    whenUnmet: restartWorkers,
  },
  {
    runbook: "hot-seat",
    ...DETECTED_SOON,
    cause: ({ breakages }) => breakages.break("contention"),
    manual: { "end-blocker": ({ breakages }) => breakages.mend("contention") },
    whenUnmet: restartWorkers,
  },
  {
    runbook: "graceful-deploy",
    ...DETECTED_SOON,
    manual: {
      "roll-workers": ({ processes }) => processes.roll("worker"),
      "roll-api": ({ processes }) => processes.roll("api"),
    },
  },
  {
    runbook: "ledger-mismatch",
    ...DETECTED_SOON,
    async cause(stage) {
      const { database } = stage.servers;
      const { pointAccounts, pointEntries } = database.tables;
      const { userId } = await sellToBystander(stage);
      if (chance(stage.random, 0.5)) {
        const wrong = { balance: 1 };
        await damage(database, pointAccounts.get(userId), (row) => ({ ...row, ...wrong }));
        return;
      }
      const [entry] = pointEntries.by("userId", userId);
      const more = (amount: number): number => amount + 1;
      stage.repairs.push(
        await damage(database, entry, (row) => ({ ...row, amount: more(row.amount) })),
      );
    },
    escalation: repairAll,
    explains: DAMAGE_ALARM,
  },
  {
    runbook: "double-sale",
    ...DETECTED_SOON,
    async cause(stage) {
      const { database } = stage.servers;
      const { seatId } = await sellToBystander(stage);
      const next = (version: number): number => version + 1;
      stage.repairs.push(
        await damage(database, database.tables.seats.get(seatId), (row) => ({
          ...row,
          version: next(row.version),
        })),
      );
    },
    escalation: repairAll,
    explains: DAMAGE_ALARM,
  },
  {
    runbook: "paid-not-confirmed",
    ...DETECTED_SOON,
    async cause(stage) {
      const { database } = stage.servers;
      const { reservationId } = await sellToBystander(stage);
      const row = database.tables.reservations.get(reservationId);
      stage.repairs.push(
        await damage(database, row, (paid) => ({ ...paid, status: "EXPIRED" as const })),
      );
    },
    manual: { "settle-buyers": repairAll },
    escalation: repairAll,
    explains: DAMAGE_ALARM,
  },
  {
    runbook: "mysql-failover",
    ...DETECTED_SOON,
    cause({ servers, stalls, random }) {
      if (chance(random, 0.5)) servers.database.refuseWrites();
      else stalls.cut("mysql");
    },
    byHand: failOver,
    manual: { "fail-over": failOver, reconnect: restartWorkers },
  },
  { runbook: "sale-pause-resume", ...DETECTED_SOON },
];

/** The owner of the database restores the rows that another program has changed. */
async function repairAll({ repairs }: IncidentStage): Promise<void> {
  for (const repair of repairs) await repair();
}

/** A replica with every committed transaction becomes the primary. */
function failOver({ servers, stalls }: IncidentStage): void {
  servers.database.failOver();
  stalls.restore("mysql");
}

/** Deploys a version without the defect, on every worker. */
function restartWorkers({ processes, breakages }: IncidentStage): void {
  for (const loop of LOOPS) breakages.mend(loop);
  processes.release("worker");
  processes.restart("worker");
}

/** Finds the incident of a runbook. */
export function findIncident(runbook: string | undefined): Incident | undefined {
  return INCIDENTS.find((incident) => incident.runbook === runbook);
}
