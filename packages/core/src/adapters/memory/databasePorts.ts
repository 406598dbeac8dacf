import type { DatabasePorts } from "../../ports/coreContext.ts";
import { memoryAdmissionStore } from "./admissionStore.ts";
import { memoryCatalogStore } from "./catalogStore.ts";
import type { MemoryDb } from "./database/memoryDb.ts";
import { memoryIdAllocator } from "./idAllocator.ts";
import { memoryIdempotencyStore } from "./idempotencyStore.ts";
import { memoryInboxStore } from "./inboxStore.ts";
import { memoryInvariantReader } from "./invariantReader.ts";
import { memoryLeaseStore } from "./leaseStore.ts";
import { memoryLedgerStore } from "./ledgerStore.ts";
import { memoryNotificationStore } from "./notificationStore.ts";
import { memoryOutboxStore } from "./outboxStore.ts";
import { memoryPaymentStore } from "./paymentStore.ts";
import { memoryReservationStore } from "./reservationStore.ts";
import { memorySeatStore } from "./seatStore.ts";
import { memoryUserStore } from "./userStore.ts";

/** One process's stores over the database in memory. */
export function memoryDatabasePorts(db: MemoryDb): DatabasePorts {
  return {
    withTransaction: db.withTransaction,
    catalog: memoryCatalogStore(db),
    seats: memorySeatStore(db),
    reservations: memoryReservationStore(db),
    ledger: memoryLedgerStore(db),
    payments: memoryPaymentStore(db),
    idempotency: memoryIdempotencyStore(db),
    outbox: memoryOutboxStore(db),
    inbox: memoryInboxStore(db),
    notifications: memoryNotificationStore(db),
    leases: memoryLeaseStore(db),
    admissions: memoryAdmissionStore(db),
    users: memoryUserStore(db),
    idAllocator: memoryIdAllocator(db),
    invariantReader: memoryInvariantReader(db),
  };
}
