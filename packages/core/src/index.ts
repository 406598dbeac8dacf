/**
 * The public entry of Onsale's core: the workflows, their errors, and the types of their inputs and
 * results.
 */
export { createLogger, silentMetrics } from "./adapters/log/pinoLogger.ts";
export {
  type AvailableSeatsInput,
  availableSeats,
  type SeatList,
} from "./catalog/availableSeats.ts";
export * from "./catalog/browseConcerts.ts";
export {
  concertMistakes,
  type NewConcertPlan,
  newConcertSchema,
  newPerformanceSchema,
  type PlanMistake,
} from "./catalog/concertPlan.ts";
export {
  type CreatePerformanceInput,
  createConcert,
  createPerformance,
} from "./catalog/createConcert.ts";
export * from "./catalog/errors.ts";
export { SEAT_VERSION } from "./catalog/seatSnapshot.ts";
export { inspectBrokers, inspectServers } from "./compose/inspectServers.ts";
export { migrateDatabase, migrationsOf, openCore } from "./compose/openCore.ts";
export type { OpenCoreOptions, OpenedCore, Role } from "./compose/openedCore.ts";
export { openTracing } from "./compose/openTracing.ts";
export { type DescribedSetting, describeSettings } from "./config/describeSettings.ts";
export { type MisspelledVariable, misspelledVariables } from "./config/otherVariables.ts";
export {
  ConfigError,
  type CoreConfig,
  type EmbeddedConfig,
  type OnsaleConfig,
  readConfig,
  readServersConfig,
  type ServersConfig,
  withSettingFiles,
} from "./config/readConfig.ts";
export { type DiagnoseInput, type Diagnosis, diagnose } from "./diagnosis/diagnose.ts";
export {
  FINDING_KINDS,
  type Finding,
  type FindingCode,
  type Severity,
} from "./diagnosis/findingList.ts";
export type { InvariantMode } from "./diagnosis/invariantFindings.ts";
export { isClockOff } from "./diagnosis/serverFindings.ts";
export {
  AGGREGATES,
  type AggregateType,
  type EventOf,
  type EventType,
  eventSchema,
  type OnsaleEvent,
} from "./events/eventCatalog.ts";
export * from "./idempotency/errors.ts";
export type { IdempotencyInput, Once } from "./idempotency/onceOnly.ts";
export type { Acknowledgements } from "./invariants/checker.ts";
export { type CheckInvariantsInput, checkInvariants } from "./invariants/checkInvariants.ts";
export { INVARIANTS } from "./invariants/invariantList.ts";
export { type ReconciledAccount, reconcileAccount } from "./invariants/reconcileAccount.ts";
export { VIOLATIONS_SHOWN_MAX } from "./invariants/violations.ts";
export { consumerLag } from "./notification/consumerLag.ts";
export * from "./notification/findNotification.ts";
export {
  type AbortCondition,
  type AbortReading,
  parseAbortCondition,
  readAbortCondition,
} from "./operations/abortCondition.ts";
export { addedPerformanceSchema } from "./operations/catalog/addPerformance.ts";
export { createdConcertSchema } from "./operations/catalog/create.ts";
export { continueCommand } from "./operations/continueCommand.ts";
export * from "./operations/errors.ts";
export {
  type ExecuteOperationInput,
  executeOperation,
} from "./operations/executeOperation.ts";
export type {
  AnyOperation,
  Change,
  Facts,
  OperationPlan,
  Stop,
  StopReason,
  Verification,
} from "./operations/operation.ts";
export { findOperation, OPERATIONS } from "./operations/operationList.ts";
export { operatorName } from "./operations/operatorName.ts";
export { type PlanAndExecuteInput, planAndExecute } from "./operations/planAndExecute.ts";
export { type PlannedJob, planOperation, planSchema } from "./operations/planOperation.ts";
export type { RunLimits, RunProgress } from "./operations/runLimits.ts";
export type { JobReport } from "./operations/runSteps.ts";
export { stopJob } from "./operations/stopJob.ts";
export { inverseOf, planUndo } from "./operations/undoOperation.ts";
export { bucketOf } from "./outbox/bucketOf.ts";
export { type DescribedMessage, describeMessage } from "./outbox/describeMessage.ts";
export * from "./outbox/errors.ts";
export { type OutboxRelay, outboxRelay, ROUND_MS_MIN } from "./outbox/outboxRelay.ts";
export {
  type BucketStatus,
  type FailingTopic,
  type OutboxStatus,
  outboxStatus,
} from "./outbox/outboxStatus.ts";
export { admitPayment } from "./payment/admitPayment.ts";
export {
  type DescribedSale,
  describePayment,
  describeReservation,
  type Possibility,
} from "./payment/describeSale.ts";
export * from "./payment/errors.ts";
export { paymentEvent } from "./payment/paymentEvent.ts";
export { type PaidReservation, payReservation } from "./payment/payReservation.ts";
export { findPurchase, type Purchase, purchasesOf } from "./payment/purchases.ts";
export { type RefundedPayment, refundPayment } from "./payment/refundPayment.ts";
export * from "./point/balanceOf.ts";
export { type ChargePointsInput, chargePoints } from "./point/chargePoints.ts";
export * from "./point/errors.ts";
export type * from "./ports/admissionStore.ts";
export type * from "./ports/apiLoad.ts";
export type * from "./ports/cache.ts";
export type * from "./ports/catalogState.ts";
export type * from "./ports/catalogStore.ts";
export type * from "./ports/consumer.ts";
export type * from "./ports/consumerLag.ts";
export type * from "./ports/coreContext.ts";
export type * from "./ports/databaseLoad.ts";
export * from "./ports/deliveryLog.ts";
export type * from "./ports/idAllocator.ts";
export type * from "./ports/idempotencyStore.ts";
export type * from "./ports/inboxStore.ts";
export type * from "./ports/invariantCheckStore.ts";
export type * from "./ports/invariantReader.ts";
export type * from "./ports/invariantReport.ts";
export type * from "./ports/leaseStore.ts";
export type * from "./ports/ledgerStore.ts";
export type * from "./ports/notificationStore.ts";
export type * from "./ports/observability.ts";
export type * from "./ports/operationStore.ts";
export type * from "./ports/outboxAdminStore.ts";
export type * from "./ports/outboxStore.ts";
export type * from "./ports/paymentStore.ts";
export type * from "./ports/publisher.ts";
export type * from "./ports/queueStore.ts";
export type * from "./ports/rateLimiter.ts";
export type * from "./ports/reservationStore.ts";
export type * from "./ports/salesStore.ts";
export type * from "./ports/scheduler.ts";
export type * from "./ports/seatLock.ts";
export type * from "./ports/seatStore.ts";
export type * from "./ports/serverInspection.ts";
export type * from "./ports/showFields.ts";
export * from "./ports/tokenSigner.ts";
export type * from "./ports/tracing.ts";
export type * from "./ports/transaction.ts";
export type * from "./ports/userStore.ts";
export type * from "./ports/webhookSender.ts";
export type * from "./ports/workerStore.ts";
export { admitActive } from "./queue/admitActive.ts";
export { configureQueue } from "./queue/configureQueue.ts";
export * from "./queue/errors.ts";
export { joinQueue } from "./queue/joinQueue.ts";
export { DEFAULT_QUEUE_ID } from "./queue/knownQueues.ts";
export { promoteWaiting } from "./queue/promoteWaiting.ts";
export { etaSecondsAt, type QueueOverview, queueOverview } from "./queue/queueOverview.ts";
export { queueStatus } from "./queue/queueStatus.ts";
export type { QueueTicket } from "./queue/queueTicket.ts";
export { releaseAdmission } from "./queue/releaseAdmission.ts";
export { verifyQueueToken } from "./queue/verifyQueueToken.ts";
export { POSITIONS_MAX, waitingPositions } from "./queue/waitingPositions.ts";
export { cancelReservation } from "./reservation/cancelReservation.ts";
export { cancelSeats } from "./reservation/cancelSeats.ts";
export * from "./reservation/errors.ts";
export { type ExtendedHold, extendHold } from "./reservation/extendHold.ts";
export { findReservation, reservationsOf } from "./reservation/findReservation.ts";
export { type HeldReservation, type HoldSeatsInput, holdSeats } from "./reservation/holdSeats.ts";
export { leaveSale } from "./reservation/leaveSale.ts";
export { releaseExpiredHolds } from "./reservation/releaseExpiredHolds.ts";
export { reservationStates } from "./reservation/reservationStates.ts";
export { type ReservedShow, showOf } from "./reservation/reservedShow.ts";
export { seatStates } from "./reservation/seatStates.ts";
export * from "./runbook/errors.ts";
export { type FigureReading, readFigures } from "./runbook/look.ts";
export type * from "./runbook/runbook.ts";
export type { RunbookEvent } from "./runbook/runbookChannel.ts";
export type { RunbookRequest } from "./runbook/runbookInput.ts";
export { findRunbook, RUNBOOKS } from "./runbook/runbookList.ts";
export type { PassedStep } from "./runbook/runbookProgress.ts";
export type { ManualRequest, RunbookHandlers } from "./runbook/runbookStep.ts";
export {
  planRunbook,
  type RunbookReport,
  type RunRunbookInput,
  runRunbook,
} from "./runbook/runRunbook.ts";
export { checkSales, hasDrifted, type SalesReport, type WrongSale } from "./sales/checkSales.ts";
export {
  type BackgroundLoop,
  type BackgroundLoopOptions,
  backgroundLoop,
} from "./shared/backgroundLoop.ts";
export { type Clock, systemClock } from "./shared/clock.ts";
export { deadlineSweep } from "./shared/deadlineSweep.ts";
export {
  addDurations,
  bucketOfDuration,
  countDurations,
  type DurationCounts,
} from "./shared/durationCounts.ts";
export { ENTRY_KINDS, type LedgerEntryKind, signOf } from "./shared/entryKinds.ts";
export * from "./shared/errors.ts";
export { type Ids, systemIds } from "./shared/ids.ts";
export type { InvariantId } from "./shared/invariantTitles.ts";
export { fieldCountIn } from "./shared/jsonFields.ts";
export {
  METRICS,
  type MetricFacts,
  type MetricKind,
  type MetricName,
} from "./shared/metricCatalog.ts";
export * from "./shared/points.ts";
export { type Random, systemRandom } from "./shared/random.ts";
export { ruleText } from "./shared/ruleText.ts";
export { secondsText } from "./shared/secondsText.ts";
export { causesOf } from "./shared/statementError.ts";
export { timeSchema } from "./shared/storableTime.ts";
export { venueTime } from "./shared/venueTime.ts";
export { hiddenMistake, refusing, textMistake } from "./shared/visibleText.ts";
export { createUser, USER_NAME_LENGTH_MAX } from "./user/createUser.ts";
export { MAPPED_USER_ID_MIN } from "./user/mappedUserIds.ts";
export { userOfSubject } from "./user/userOfSubject.ts";
export { startWorker, type Worker } from "./worker/startWorker.ts";
