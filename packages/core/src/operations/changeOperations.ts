import { addPerformanceOperation } from "./catalog/addPerformance.ts";
import {
  closeConcertOperation,
  closePerformanceOperation,
  saleEndsOperation,
} from "./catalog/closeSale.ts";
import { createConcertOperation } from "./catalog/create.ts";
import { editConcertOperation } from "./catalog/editConcert.ts";
import { editPerformanceOperation } from "./catalog/editPerformance.ts";
import { repeatDeliveriesOperation } from "./notification/repeat.ts";
import { retryNotificationsOperation } from "./notification/retry.ts";
import type { AnyOperation } from "./operation.ts";
import { cleanUpOutboxOperation } from "./outbox/cleanUp.ts";
import { discardOperation } from "./outbox/discard.ts";
import { redriveOperation } from "./outbox/redrive.ts";
import { replayOperation } from "./outbox/replay.ts";
import { refundOperation } from "./payment/refund.ts";
import { adjustPointsOperation } from "./point/adjust.ts";
import { restoreBalanceOperation } from "./point/restoreBalance.ts";
import { configureQueueOperation } from "./queue/configure.ts";
import { drainQueueOperation } from "./queue/drain.ts";
import { evictOperation } from "./queue/evict.ts";
import { promoteQueueOperation } from "./queue/promote.ts";
import { rebuildQueueOperation } from "./queue/rebuild.ts";
import { revokeTokensOperation } from "./queue/revoke.ts";
import { expireOverdueOperation } from "./reservation/expireOverdue.ts";
import { releaseOperation } from "./reservation/release.ts";
import { rebuildSalesOperation } from "./sales/rebuild.ts";
import { blockOperation } from "./seat/block.ts";
import { unblockOperation } from "./seat/unblock.ts";

/** The operations that change one thing. A runbook puts several of them in order. */
export const CHANGE_OPERATIONS: readonly AnyOperation[] = [
  createConcertOperation,
  editConcertOperation,
  closeConcertOperation,
  saleEndsOperation,
  addPerformanceOperation,
  editPerformanceOperation,
  closePerformanceOperation,
  blockOperation,
  unblockOperation,
  configureQueueOperation,
  drainQueueOperation,
  evictOperation,
  promoteQueueOperation,
  rebuildQueueOperation,
  revokeTokensOperation,
  replayOperation,
  redriveOperation,
  discardOperation,
  cleanUpOutboxOperation,
  retryNotificationsOperation,
  repeatDeliveriesOperation,
  adjustPointsOperation,
  restoreBalanceOperation,
  refundOperation,
  expireOverdueOperation,
  releaseOperation,
  rebuildSalesOperation,
];
