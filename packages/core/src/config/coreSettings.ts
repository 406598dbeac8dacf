import { z } from "zod";
import { int, keyring, settingsOf } from "./settingKinds.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const servers = settingsOf("Servers");
const callers = settingsOf("Who is calling");
const queues = settingsOf("Queue");
const holds = settingsOf("Holds and seats");
const outbox = settingsOf("Outbox and notifications");

/** The settings that workflows see; the form is explained in settings.ts. */
export const coreSettings = z.object({
  queueTokenKeys: callers(
    "QUEUE_TOKEN_KEYS",
    keyring(),
    "kid:secret[,kid:secret]; the first signs queue tokens, all verify; required, made up at " +
      "start with STACK=embedded",
  ),
  queue: z.object({
    activeCountMax: queues(
      "QUEUE_ACTIVE_COUNT_MAX",
      int(1, 1_000_000, 1000),
      "Buyers who may shop at once, for new queues",
    ),
    admissionRatePerMinute: queues(
      "QUEUE_ADMISSION_RATE_PER_MINUTE",
      int(1, 1_000_000, 6000),
      "Admissions in any 60 seconds, for new queues",
    ),
    activeTtlMs: queues(
      "QUEUE_ACTIVE_TTL_MS",
      int(SECOND, 24 * HOUR, 10 * MINUTE),
      "How long an admission lives, for new queues",
    ),
    activationMs: queues(
      "QUEUE_ACTIVATION_MS",
      int(SECOND, HOUR, MINUTE),
      "An admitted buyer who does not show up within this gives the slot back",
    ),
    promoteMs: queues("QUEUE_PROMOTE_MS", int(20, MINUTE, 200), "How often workers let people in"),
    pollAfterMinMs: queues(
      "POLL_AFTER_MIN_MS",
      int(50, MINUTE, 500),
      "Shortest advised pause between two status requests; at most POLL_AFTER_MAX_MS",
    ),
    pollAfterMaxMs: queues(
      "POLL_AFTER_MAX_MS",
      int(50, MINUTE, 10 * SECOND),
      "Longest advised pause, for those far back",
    ),
  }),
  hold: z.object({
    ttlMs: holds(
      "HOLD_TTL_MS",
      int(100, HOUR, 5 * MINUTE),
      "How long a held seat waits for its payment",
    ),
    sweepMs: holds(
      "HOLD_SWEEP_MS",
      int(50, MINUTE, SECOND),
      "How often workers look for expired holds",
    ),
    seatsMax: holds("SEATS_PER_RESERVATION_MAX", int(1, 20, 4), "Largest party"),
    buyerSeatsMax: holds(
      "SEATS_PER_BUYER_MAX",
      int(1, 1000, 8),
      "Seats of one performance that a buyer may hold and have paid for in all; at least " +
        "SEATS_PER_RESERVATION_MAX",
    ),
  }),
  seatLock: z.object({
    strategy: holds(
      "SEAT_LOCK",
      z.enum(["redlock", "conditional"]).default("redlock"),
      "redlock sheds losers of a hot seat before the database; conditional does without",
    ),
    ttlMs: holds("SEAT_LOCK_TTL_MS", int(100, MINUTE, 3 * SECOND), "Longest life of a seat lock"),
  }),
  outbox: z.object({
    buckets: outbox(
      "OUTBOX_BUCKETS",
      int(1, 256, 16),
      "Lanes of the outbox; never change it while messages are pending",
    ),
    pollMs: outbox(
      "OUTBOX_POLL_MS",
      int(20, MINUTE, 500),
      "How often the relay looks without being nudged",
    ),
    leaseMs: outbox(
      "OUTBOX_LEASE_MS",
      int(500, 10 * MINUTE, 10 * SECOND),
      "After this the buckets of a worker that died go to another",
    ),
    attemptsMax: outbox(
      "OUTBOX_ATTEMPTS_MAX",
      int(1, 1000, 10),
      "Failures after which a message is given up as DEAD",
    ),
    topicPrefix: servers(
      "KAFKA_TOPIC_PREFIX",
      z
        .string()
        .regex(/^[\w.-]*$/)
        .max(64)
        .default("onsale."),
      "Put before every topic",
    ),
  }),
  webhook: z.object({
    url: outbox(
      "WEBHOOK_URL",
      z.url({ protocol: /^https?$/ }).optional(),
      "Where each step of a reservation (held, confirmed, cancelled, expired, refunded) and of a " +
        "payment (captured, refunded) is reported",
    ),
    format: outbox(
      "WEBHOOK_FORMAT",
      z.enum(["onsale", "slack"]).default("onsale"),
      "Body of the report: all fields, or a Slack message",
    ),
    timeoutMs: outbox(
      "WEBHOOK_TIMEOUT_MS",
      int(100, MINUTE, 5 * SECOND),
      "Longest wait for the receiver",
    ),
  }),
  retentionMs: outbox(
    "RETENTION_MS",
    int(MINUTE, 365 * 24 * HOUR, 7 * 24 * HOUR),
    "How long published messages and idempotency records are kept",
  ),
});
