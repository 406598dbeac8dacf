import type { CoreConfig } from "../config/readConfig.ts";
import type { Clock } from "../shared/clock.ts";
import type { Ids } from "../shared/ids.ts";
import type { Random } from "../shared/random.ts";
import type { AdmissionStore } from "./admissionStore.ts";
import type { ApiLoadStore, PoolUse } from "./apiLoad.ts";
import type { Cache } from "./cache.ts";
import type { CatalogState } from "./catalogState.ts";
import type { CatalogStore } from "./catalogStore.ts";
import type { Consumers } from "./consumer.ts";
import type { ConsumerLagReader } from "./consumerLag.ts";
import type { DatabaseLoadReader } from "./databaseLoad.ts";
import type { DeliveryLog } from "./deliveryLog.ts";
import type { IdAllocator } from "./idAllocator.ts";
import type { IdempotencyStore } from "./idempotencyStore.ts";
import type { InboxStore } from "./inboxStore.ts";
import type { InvariantCheckStore } from "./invariantCheckStore.ts";
import type { InvariantReader } from "./invariantReader.ts";
import type { LeaseStore } from "./leaseStore.ts";
import type { LedgerStore } from "./ledgerStore.ts";
import type { NotificationStore } from "./notificationStore.ts";
import type { DependencyHealth, Logger, Metrics } from "./observability.ts";
import type { OperationStore } from "./operationStore.ts";
import type { OutboxAdminStore } from "./outboxAdminStore.ts";
import type { OutboxStore } from "./outboxStore.ts";
import type { PaymentStore } from "./paymentStore.ts";
import type { Publisher } from "./publisher.ts";
import type { QueueState } from "./queueState.ts";
import type { QueueStore } from "./queueStore.ts";
import type { RateLimiter } from "./rateLimiter.ts";
import type { ReservationStore } from "./reservationStore.ts";
import type { SalesStore } from "./salesStore.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeatLock } from "./seatLock.ts";
import type { SeatStore } from "./seatStore.ts";
import type { TokenSigner } from "./tokenSigner.ts";
import type { WithTransaction } from "./transaction.ts";
import type { UserStore } from "./userStore.ts";
import type { WebhookSender } from "./webhookSender.ts";
import type { WorkerStore } from "./workerStore.ts";

/** Ports that the database serves. */
export interface DatabasePorts {
  readonly withTransaction: WithTransaction;
  readonly catalog: CatalogStore;
  readonly seats: SeatStore;
  readonly reservations: ReservationStore;
  readonly ledger: LedgerStore;
  readonly payments: PaymentStore;
  readonly idempotency: IdempotencyStore;
  readonly outbox: OutboxStore;
  readonly outboxAdmin: OutboxAdminStore;
  readonly inbox: InboxStore;
  readonly notifications: NotificationStore;
  readonly deliveryLog: DeliveryLog;
  readonly sales: SalesStore;
  readonly leases: LeaseStore;
  readonly admissions: AdmissionStore;
  readonly users: UserStore;
  readonly operations: OperationStore;
  readonly workers: WorkerStore;
  readonly idAllocator: IdAllocator;
  readonly databaseLoad: DatabaseLoadReader;
  readonly invariantReader: InvariantReader;
  readonly invariantChecks: InvariantCheckStore;
}

/** Ports that Redis serves. Redis may lose its state at any time. */
export interface RedisPorts {
  readonly queue: QueueStore;
  readonly seatLock: SeatLock;
  readonly cache: Cache;
  readonly rateLimiter: RateLimiter;
  readonly apiLoads: ApiLoadStore;
}

/** Ports that Kafka serves. */
export interface BrokerPorts {
  readonly publisher: Publisher;
  readonly consumers: Consumers;
  readonly consumerLag: ConsumerLagReader;
}

/**
 * All ports that a workflow may use. Production, the embedded stack and a simulation run the same
 * workflows on different ports.
 */
export interface CoreContext extends DatabasePorts, RedisPorts, BrokerPorts {
  readonly config: CoreConfig;
  /** Host and process id, for people: "sale-2:4711". */
  readonly processName: string;
  readonly webhook: WebhookSender;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly tokens: TokenSigner;
  readonly queueState: QueueState;
  readonly catalogState: CatalogState;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The connections of this process to the database. */
  poolUse(): PoolUse;
  /** Whether each server answered its last check. */
  health(): readonly DependencyHealth[];
}
