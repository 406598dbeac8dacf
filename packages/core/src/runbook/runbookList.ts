import { RunbookNotFoundError } from "./errors.ts";
import type { Runbook, RunbookStep } from "./runbook.ts";
import { consumerStalledRunbook } from "./runbooks/consumerStalled.ts";
import { doubleSaleRunbook } from "./runbooks/doubleSale.ts";
import { gracefulDeployRunbook } from "./runbooks/gracefulDeploy.ts";
import { holdExpiryStoppedRunbook } from "./runbooks/holdExpiryStopped.ts";
import { hotSeatRunbook } from "./runbooks/hotSeat.ts";
import { ledgerMismatchRunbook } from "./runbooks/ledgerMismatch.ts";
import { mysqlFailoverRunbook } from "./runbooks/mysqlFailover.ts";
import { outboxLagRunbook } from "./runbooks/outboxLag.ts";
import { overloadRunbook } from "./runbooks/overload.ts";
import { paidNotConfirmedRunbook } from "./runbooks/paidNotConfirmed.ts";
import { poisonMessageRunbook } from "./runbooks/poisonMessage.ts";
import { queueLostRunbook } from "./runbooks/queueLost.ts";
import { queueStuckRunbook } from "./runbooks/queueStuck.ts";
import { salePauseResumeRunbook } from "./runbooks/salePauseResume.ts";

/** Every runbook, in the order of the page. */
export const RUNBOOKS: readonly Runbook[] = [
  overloadRunbook,
  queueStuckRunbook,
  queueLostRunbook,
  outboxLagRunbook,
  poisonMessageRunbook,
  holdExpiryStoppedRunbook,
  consumerStalledRunbook,
  hotSeatRunbook,
  ledgerMismatchRunbook,
  doubleSaleRunbook,
  paidNotConfirmedRunbook,
  mysqlFailoverRunbook,
  salePauseResumeRunbook,
  gracefulDeployRunbook,
];

/** @throws RunbookNotFoundError */
export function findRunbook(name: string): Runbook {
  const found = RUNBOOKS.find((runbook) => runbook.name === name);
  if (!found) throw new RunbookNotFoundError(name);
  return found;
}

/** The steps of a run that begins with `fromStep`; all steps without it. */
export function stepsFrom({ steps }: Runbook, fromStep: string | null): readonly RunbookStep[] {
  if (fromStep === null) return steps;
  return steps.slice(steps.findIndex(({ name }) => name === fromStep));
}
