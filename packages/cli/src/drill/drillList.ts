import type { Drill } from "./drill.ts";
import { consumerStalledDrill } from "./drills/consumerStalled.ts";
import { doubleSaleDrill } from "./drills/doubleSale.ts";
import { gracefulDeployDrill } from "./drills/gracefulDeploy.ts";
import { holdExpiryStoppedDrill } from "./drills/holdExpiryStopped.ts";
import { hotSeatDrill } from "./drills/hotSeat.ts";
import { ledgerMismatchDrill } from "./drills/ledgerMismatch.ts";
import { mysqlFailoverDrill } from "./drills/mysqlFailover.ts";
import { outboxLagDrill } from "./drills/outboxLag.ts";
import { overloadDrill } from "./drills/overload.ts";
import { paidNotConfirmedDrill } from "./drills/paidNotConfirmed.ts";
import { poisonMessageDrill } from "./drills/poisonMessage.ts";
import { queueLostDrill } from "./drills/queueLost.ts";
import { queueStuckDrill } from "./drills/queueStuck.ts";
import { salePauseResumeDrill } from "./drills/salePauseResume.ts";

/** Every drill. Drills with settings of their own come last, because they share no processes. */
export const DRILLS: readonly Drill[] = [
  salePauseResumeDrill,
  gracefulDeployDrill,
  queueStuckDrill,
  queueLostDrill,
  poisonMessageDrill,
  hotSeatDrill(),
  overloadDrill(),
  ledgerMismatchDrill,
  paidNotConfirmedDrill,
  doubleSaleDrill,
  outboxLagDrill,
  consumerStalledDrill,
  holdExpiryStoppedDrill,
  mysqlFailoverDrill,
];

/** The drill of a runbook, when it has one. */
export function drillOf(runbook: string): Drill | undefined {
  return DRILLS.find((drill) => drill.runbook === runbook);
}
