import { z } from "zod";
import { refusalOfStudied, SEAT_LOCKS } from "./seatLocks.ts";
import { httpUrl, int, keyring, settingsOf, webhookSecrets } from "./settingKinds.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const servers = settingsOf("Servers");
const callers = settingsOf("Authentication");
const queues = settingsOf("Queue");
const holds = settingsOf("Holds and seats");
const catalog = settingsOf("Catalog");
const outbox = settingsOf("Outbox and notifications");

/** The settings that workflows see. The header of settings.ts explains the form. */
export const coreSettings = z.object({
  queueTokenKeys: callers(
    "QUEUE_TOKEN_KEYS",
    keyring(),
    "kid:secret[,kid:secret]; the first key signs queue tokens, every key verifies them; " +
      "required, generated at start with STACK=embedded",
    { file: true },
  ),
  queue: z.object({
    activeCountMax: queues(
      "QUEUE_ACTIVE_COUNT_MAX",
      int(1, 1_000_000, 1000),
      "Maximum number of active buyers at the same time, for new queues",
    ),
    admissionRatePerMinute: queues(
      "QUEUE_ADMISSION_RATE_PER_MINUTE",
      int(1, 1_000_000, 6000),
      "Maximum number of admissions in any 60 seconds, for new queues",
    ),
    activeTtlMs: queues(
      "QUEUE_ACTIVE_TTL_MS",
      int(SECOND, 24 * HOUR, 10 * MINUTE),
      "Lifetime of an admission, for new queues",
    ),
    activationMs: queues(
      "QUEUE_ACTIVATION_MS",
      int(SECOND, HOUR, 90 * SECOND),
      "Time limit for the first request of an admitted buyer; after it the slot becomes free. " +
        "Above a minute, because browsers run the timers of a page in the background that rarely",
    ),
    promoteMs: queues("QUEUE_PROMOTE_MS", int(20, MINUTE, 200), "Pause between two promotions"),
    pollAfterMinMs: queues(
      "POLL_AFTER_MIN_MS",
      int(50, MINUTE, 500),
      "Shortest advised pause between two status requests; at most POLL_AFTER_MAX_MS",
    ),
    pollAfterMaxMs: queues(
      "POLL_AFTER_MAX_MS",
      int(50, MINUTE, 10 * SECOND),
      "Longest advised pause of a buyer who could be admitted now. Buyers further back pause for " +
        "longer when QUEUE_POLLS_PER_SECOND needs it",
    ),
    pollsPerSecond: queues(
      "QUEUE_POLLS_PER_SECOND",
      int(1, 1_000_000, 500),
      "Budget of status requests per second of all waiting buyers of a queue; the advised pause " +
        "grows with their number. About ten times the admissions per second suffice",
    ),
  }),
  hold: z.object({
    ttlMs: holds("HOLD_TTL_MS", int(100, HOUR, 5 * MINUTE), "Time to pay for held seats"),
    extensionMaxMs: holds(
      "HOLD_EXTENSION_MAX_MS",
      int(0, HOUR, 5 * MINUTE),
      "How much longer than HOLD_TTL_MS a buyer can keep a hold by extending it, all extensions " +
        "together; with 0, no hold can be extended",
    ),
    sweepMs: holds(
      "HOLD_SWEEP_MS",
      int(50, MINUTE, SECOND),
      "Pause between two searches for expired holds",
    ),
    seatsMax: holds(
      "SEATS_PER_RESERVATION_MAX",
      int(1, 20, 4),
      "Maximum number of seats in one reservation",
    ),
    buyerSeatsMax: holds(
      "SEATS_PER_BUYER_MAX",
      int(1, 1000, 8),
      "Maximum number of seats of one performance that a buyer may have, unpaid and paid seats " +
        "together; at least SEATS_PER_RESERVATION_MAX",
    ),
  }),
  seatLock: z.object({
    strategy: holds(
      "SEAT_LOCK",
      z.enum(SEAT_LOCKS, { error: ({ input }) => refusalOfStudied(input) }).default("conditional"),
      "conditional: the database alone decides. The others also lock seats in Redis, and refuse " +
        "most losers of a contested seat before they reach MySQL: simple, redlock and semaphore " +
        "at once, spin and pubsub after a wait",
    ),
    ttlMs: holds(
      "SEAT_LOCK_TTL_MS",
      int(100, MINUTE, 3 * SECOND),
      "Longest life of a seat lock; semaphore renews it while the process works",
    ),
    waitMs: holds(
      "SEAT_LOCK_WAIT_MS",
      int(0, 10 * SECOND, SECOND),
      "Longest time that a hold waits for a seat lock with spin and pubsub",
    ),
  }),
  groups: z.object({
    membersMax: servers(
      "TRANSACTION_GROUP_MAX",
      int(1, 64, 64),
      "Maximum number of requests that share one transaction; with 1, each request has its own",
    ),
    lanes: servers(
      "TRANSACTION_GROUP_LANES",
      int(1, 8, 2),
      "Maximum number of groups of one kind (hold, charge, pay) that a process runs at a time",
    ),
  }),
  catalog: z.object({
    cache: catalog(
      "CATALOG_CACHE",
      z.enum(["shared", "off"]).default("shared"),
      "shared: lists of concerts, dates and seats are read once for all processes and are up to " +
        "a second old; off: every request reads them from MySQL, to measure without a cache",
    ),
  }),
  outbox: z.object({
    buckets: outbox(
      "OUTBOX_BUCKETS",
      int(1, 256, 16),
      "Number of outbox buckets; never change it while messages are pending",
    ),
    pollMs: outbox(
      "OUTBOX_POLL_MS",
      int(20, MINUTE, 200),
      "Pause between two reads of the outbox by an idle relay",
    ),
    leaseMs: outbox(
      "OUTBOX_LEASE_MS",
      int(500, 10 * MINUTE, 10 * SECOND),
      "Lifetime of a bucket lease. When a worker dies, others take its buckets after this time",
    ),
    attemptsMax: outbox(
      "OUTBOX_ATTEMPTS_MAX",
      int(1, 1000, 10),
      "Number of failed attempts after which a message becomes DEAD",
    ),
    topicPrefix: servers(
      "KAFKA_TOPIC_PREFIX",
      z
        .string()
        .regex(/^[\w.-]*$/)
        .max(64)
        .default("onsale."),
      "Prefix of every topic",
    ),
  }),
  webhook: z.object({
    url: outbox(
      "WEBHOOK_URL",
      httpUrl(),
      "Receives a notification of each step of a reservation (held, confirmed, cancelled, " +
        "expired, refunded) and of a payment (captured, refunded)",
      { file: true },
    ),
    format: outbox(
      "WEBHOOK_FORMAT",
      z.enum(["onsale", "slack"]).default("onsale"),
      "Body of the notification: all fields, or a Slack message",
    ),
    secrets: outbox(
      "WEBHOOK_SECRETS",
      webhookSecrets(),
      "whsec_BASE64[,whsec_BASE64]; every one signs each notification, so that the receiver can " +
        "change from one to the next. `echo whsec_$(openssl rand -base64 32)` makes one",
      { file: true },
    ),
    timeoutMs: outbox(
      "WEBHOOK_TIMEOUT_MS",
      int(100, MINUTE, 5 * SECOND),
      "Longest wait for the answer of the receiver",
    ),
  }),
  retentionMs: outbox(
    "RETENTION_MS",
    int(MINUTE, 365 * 24 * HOUR, 7 * 24 * HOUR),
    "Time for which published messages and idempotency records are kept",
  ),
});
