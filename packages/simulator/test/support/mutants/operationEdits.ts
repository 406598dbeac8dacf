import { generatedEdits } from "./generatedEdits.ts";

/** Statements of operations that no virtual sale has. */
const NOT_IN_SALES: ReadonlySet<string> = new Set([
  "catalog.updateConcert",
  "outboxAdmin.redrive",
  "outboxAdmin.discard",
  "admissions.raiseEpoch",
  "ledger.restoreBalance",
  "notifications.makeDue:lock",
  "notifications.makeDue",
  "deliveryLog.repeat:lock",
  "deliveryLog.repeat",
  "sales.lockRange",
  "sales.lockTotals:lock",
  "sales.setTotals",
]);
/** Statements that only sales with rules run. Conformance cases detect each of their edits. */
const OF_RULES: ReadonlySet<string> = new Set([
  "catalog.updatePerformance",
  "catalog.closeSale",
  "catalog.lockPerformance",
  "reservations.extend",
  "reservations.lock",
  "reservations.reduce",
  "seats.extend",
  "seats.releaseSome",
  "seats.releaseSome:links",
  "seats.block",
  "seats.unblock",
  "seats.unblock:reasons",
  "payments.refundPart",
]);
const ONLY_RULES =
  "only sales with rules run this statement; their planted faults are in the table above, and " +
  "the single conditions were not measured there";
const NO_OPERATION =
  "only an operation of an operator runs this statement, and no virtual sale has this operation";

const ONE_JOB = "a plain virtual sale has one job, the replay of its messages";
const NO_STOP = "no operator of a virtual sale stops a job";
const NO_CHECK = "no check reads the audit record of a replay";
const ONE_RUN =
  "a virtual sale has one replay, and a run of it is rarely alive when the next one begins";

/** Edits of statements that a replay runs. */
const OF_REPLAYS = [
  [
    "outboxAdmin.replay without id IN (:ids)",
    "the replay is of all published messages, so the others would follow in its next steps",
  ],
  [
    "outboxAdmin.replay without status = 'PUBLISHED'",
    "each step selects published messages, and only another replay could change them before",
  ],
  [
    "outboxAdmin.replay without published_at > NOW(6) - INTERVAL :withinUs MICROSECOND",
    "a virtual sale ends before its messages are older than the retention",
  ],
  ["operations.lockLease without name = :name", "the owner, which is new in each run"],
  ["operations.lockLease without owner = :owner", ONE_RUN],
  ["operations.lockLease without epoch = :epoch", "the owner, which is new in each run"],
  ["operations.lockLease without expires_at > NOW(6)", ONE_RUN],
  ["operations.saveProgress:lock without id = :jobId", ONE_JOB],
  ["operations.saveProgress:lock without status IN (:from)", ONE_RUN],
  ["operations.saveProgress without id = :jobId", ONE_JOB],
  ["operations.openAudit:interrupt without job_id = :jobId", ONE_JOB],
  ["operations.openAudit:interrupt without outcome = 'OPEN'", NO_CHECK],
  ["operations.requestStop without id = :jobId", NO_STOP],
  ["operations.openAudit:forgetStop without id = :jobId", NO_STOP],
  ["operations.countAudit without id = :id", NO_CHECK],
  ["operations.closeAudit without id = :id", NO_CHECK],
  ["operations.closeAudit without outcome = 'OPEN'", NO_CHECK],
] as const;

/** The edits of these statements, with the reason why no seed detects them. */
export const OPERATION_EDITS = [
  ...generatedEdits()
    .filter(({ statement }) => NOT_IN_SALES.has(statement))
    .map(({ name }) => [name, { why: NO_OPERATION }] as const),
  ...generatedEdits()
    .filter(({ statement }) => OF_RULES.has(statement))
    .map(({ name }) => [name, { why: ONLY_RULES }] as const),
  ...OF_REPLAYS.map(([name, why]) => [name, { why }] as const),
];
