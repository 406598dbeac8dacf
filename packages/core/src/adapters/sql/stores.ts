import type { DatabasePorts } from "../../ports/coreContext.ts";
import { ADMISSION_STATEMENTS } from "./admissionStatements.ts";
import { sqlAdmissionStore } from "./admissionStore.ts";
import { CATALOG_STATEMENTS } from "./catalogStatements.ts";
import { sqlCatalogStore } from "./catalogStore.ts";
import type { Database } from "./database.ts";
import { DELIVERY_LOG_STATEMENTS, sqlDeliveryLog } from "./deliveryLog.ts";
import { ID_STATEMENTS, sqlIdAllocator } from "./idAllocator.ts";
import { IDEMPOTENCY_STATEMENTS, sqlIdempotencyStore } from "./idempotencyStore.ts";
import { INBOX_STATEMENTS, sqlInboxStore } from "./inboxStore.ts";
import { INVARIANT_CHECK_STATEMENTS, sqlInvariantCheckStore } from "./invariantCheckStore.ts";
import { LEASE_STATEMENTS, sqlLeaseStore } from "./leaseStore.ts";
import { LEDGER_STATEMENTS } from "./ledgerStatements.ts";
import { sqlLedgerStore } from "./ledgerStore.ts";
import { NOTIFICATION_STATEMENTS, sqlNotificationStore } from "./notificationStore.ts";
import { OPERATION_STATEMENTS } from "./operationStatements.ts";
import { sqlOperationStore } from "./operationStore.ts";
import { OUTBOX_ADMIN_STATEMENTS } from "./outboxAdminStatements.ts";
import { sqlOutboxAdminStore } from "./outboxAdminStore.ts";
import { OUTBOX_STATEMENTS } from "./outboxStatements.ts";
import { sqlOutboxStore } from "./outboxStore.ts";
import { PAYMENT_STATEMENTS, sqlPaymentStore } from "./paymentStore.ts";
import { RESERVATION_STATEMENTS } from "./reservationStatements.ts";
import { sqlReservationStore } from "./reservationStore.ts";
import { SALES_STATEMENTS } from "./salesStatements.ts";
import { sqlSalesStore } from "./salesStore.ts";
import { SEAT_STATEMENTS } from "./seatStatements.ts";
import { sqlSeatStore } from "./seatStore.ts";
import type { Sql } from "./statement.ts";
import { sqlUserStore, USER_STATEMENTS } from "./userStore.ts";
import { sqlWorkerStore, WORKER_STATEMENTS } from "./workerStore.ts";

/** All statements that the stores run. */
export const STATEMENTS: readonly Sql[] = [
  ...CATALOG_STATEMENTS,
  ...SEAT_STATEMENTS,
  ...RESERVATION_STATEMENTS,
  ...LEDGER_STATEMENTS,
  ...PAYMENT_STATEMENTS,
  ...IDEMPOTENCY_STATEMENTS,
  ...OUTBOX_STATEMENTS,
  ...OUTBOX_ADMIN_STATEMENTS,
  ...INBOX_STATEMENTS,
  ...NOTIFICATION_STATEMENTS,
  ...DELIVERY_LOG_STATEMENTS,
  ...SALES_STATEMENTS,
  ...LEASE_STATEMENTS,
  ...ADMISSION_STATEMENTS,
  ...USER_STATEMENTS,
  ...ID_STATEMENTS,
  ...OPERATION_STATEMENTS,
  ...WORKER_STATEMENTS,
  ...INVARIANT_CHECK_STATEMENTS,
];

/** Creates the stores of one process over a database. */
export function sqlStores(db: Database): Omit<DatabasePorts, "databaseLoad" | "invariantReader"> {
  return {
    withTransaction: db.withTransaction,
    catalog: sqlCatalogStore(db),
    seats: sqlSeatStore(db),
    reservations: sqlReservationStore(db),
    ledger: sqlLedgerStore(db),
    payments: sqlPaymentStore(db),
    idempotency: sqlIdempotencyStore(db),
    outbox: sqlOutboxStore(db),
    outboxAdmin: sqlOutboxAdminStore(db),
    inbox: sqlInboxStore(db),
    notifications: sqlNotificationStore(db),
    deliveryLog: sqlDeliveryLog(db),
    sales: sqlSalesStore(db),
    leases: sqlLeaseStore(db),
    admissions: sqlAdmissionStore(db),
    users: sqlUserStore(db),
    operations: sqlOperationStore(db),
    workers: sqlWorkerStore(db),
    invariantChecks: sqlInvariantCheckStore(db),
    idAllocator: sqlIdAllocator(db),
  };
}
