/**
 * The entry `@onsale/core/testing`, for tests only: the internal parts of the in-memory servers, in
 * which tests plant faults, and the constants that the conformance cases need.
 */
export { failureKind } from "../adapters/memory/database/databaseFailures.ts";
export { type MemoryDb, memoryDb } from "../adapters/memory/database/memoryDb.ts";
export type { Row, StoredValue } from "../adapters/memory/database/rows.ts";
export type { TableRows } from "../adapters/memory/database/tableRows.ts";
export { promote } from "../adapters/memory/queue/promote.ts";
export type { Room } from "../adapters/memory/queue/room.ts";
export { compileStatement, type Plans } from "../adapters/memory/sql/compileStatement.ts";
export { memorySqlDatabase, PLANS } from "../adapters/memory/sql/memorySqlDatabase.ts";
export { SCHEMA } from "../adapters/memory/sql/schema.ts";
export type { ColumnSchema } from "../adapters/memory/sql/tableSchema.ts";
export type { Database } from "../adapters/sql/database.ts";
export { forMembers } from "../adapters/sql/group/groupedDatabase.ts";
export type { groupRunner } from "../adapters/sql/group/groupRunner.ts";
export { query, type Sql, type SqlQuery, sql } from "../adapters/sql/statement.ts";
export { STATEMENTS, sqlStores } from "../adapters/sql/stores.ts";
export { ORDER_OF_ADMISSION_RULES } from "../invariants/admissionsKeepOrder.ts";
export { LIMIT_RULES } from "../invariants/admissionsWithinLimits.ts";
export { ACKNOWLEDGED_RULES, ANSWER_RULES } from "../invariants/answersAreTrue.ts";
export { LEDGER_RULES } from "../invariants/balanceIsLedger.ts";
export { HOLD_RULES } from "../invariants/holdsEndInTime.ts";
export { CONTENT_RULES } from "../invariants/messageContents.ts";
export { ORDER_RULES } from "../invariants/messagesLeaveInOrder.ts";
export { PAYMENT_RULES } from "../invariants/paymentsMatchLedger.ts";
export { SEAT_RULES } from "../invariants/seatHasOneLiveReservation.ts";
export { SALE_RULES } from "../invariants/soldSeatsArePaid.ts";
export { DELIVERY_RULES, MESSAGE_RULES } from "../invariants/transitionsHaveOneMessage.ts";
export { NOTIFIED_AGGREGATES, NOTIFIER } from "../notification/notifier.ts";
export { DISCARD_OPERATION } from "../outbox/messageStates.ts";
export { paymentEvent } from "../payment/paymentEvent.ts";
export { pointEvent } from "../point/pointEvent.ts";
export { factsOf, reservationEvent } from "../reservation/reservationEvent.ts";
export { readSale } from "../sales/projectSales.ts";
export { ADJUST_OPERATION } from "../shared/entryKinds.ts";
