import { generatedEdits } from "./generatedEdits.ts";

/** Statements of operations that no virtual sale has. A sale has only replays of messages. */
const NOT_IN_SALES: ReadonlySet<string> = new Set([
  "catalog.updateConcert",
  "catalog.updatePerformance",
  "catalog.closeSale",
  "catalog.lockPerformance",
  "outboxAdmin.redrive",
  "outboxAdmin.discard",
  "admissions.raiseEpoch",
  "ledger.restoreBalance",
  "reservations.lock",
  "reservations.reduce",
  "seats.releaseSome",
  "seats.releaseSome:links",
  "payments.refundPart",
  "seats.block",
  "seats.unblock",
  "seats.unblock:reasons",
  "notifications.makeDue:lock",
  "notifications.makeDue",
  "deliveryLog.repeat:lock",
  "deliveryLog.repeat",
  "sales.lockRange",
  "sales.lockTotals:lock",
  "sales.setTotals",
]);
/** Statements of requests that no client of a virtual sale makes. */
const NOT_ASKED: ReadonlySet<string> = new Set(["reservations.extend", "seats.extend"]);
const NO_REQUEST = "no client of a virtual sale extends a hold";
const NO_OPERATION =
  "only an operation of an operator runs this statement, and no virtual sale has this operation";

const ONE_JOB = "a virtual sale has one job, the replay of its messages";
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
    .filter(({ statement }) => NOT_ASKED.has(statement))
    .map(({ name }) => [name, { why: NO_REQUEST }] as const),
  ...OF_REPLAYS.map(([name, why]) => [name, { why }] as const),
];
