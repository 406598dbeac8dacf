import { generatedEdits } from "./generatedEdits.ts";

/** Statements that only the operations of operators run. */
const OF_OPERATIONS: ReadonlySet<string> = new Set([
  "catalog.updateConcert",
  "catalog.updatePerformance",
  "catalog.closeSale",
  "outboxAdmin.replay",
  "outboxAdmin.redrive",
  "outboxAdmin.discard",
  "admissions.raiseEpoch",
  "operations.lockLease",
  "operations.saveProgress:lock",
  "operations.saveProgress",
  "operations.openAudit:interrupt",
  "operations.closeAudit",
]);

const NO_OPERATION =
  "only an operation of an operator runs this statement, and a virtual sale has none";

/** The edits of these statements, with the reason why no seed sees them. */
export const OPERATION_EDITS = generatedEdits()
  .filter(({ statement }) => OF_OPERATIONS.has(statement))
  .map(({ name }) => [name, { why: NO_OPERATION }] as const);
