/**
 * critical: buyers or money are affected now. warning: buyers or money will be affected, or a
 * safeguard is missing. info: a state that an operator wants and may forget; the product is
 * healthy.
 */
export type Severity = "critical" | "warning" | "info";

interface FindingKind {
  readonly severity: Severity;
  /** The condition, as a short title. */
  readonly title: string;
  /** A sentence that says what to do next. */
  readonly next: string;
  /** Name of the runbook for it. */
  readonly runbook?: string;
}

/** Every condition that makes the product unhealthy. The names are a public contract. */
export const FINDING_KINDS = {
  SERVER_DOWN: {
    severity: "critical",
    title: "a server does not answer",
    next:
      "Start the server, restore the network path, or correct the password or the certificate " +
      "that the reason names. After an outage, Onsale continues by itself.",
  },
  SERVER_READ_ONLY: {
    severity: "critical",
    title: "the database accepts no writes",
    next: "Follow `onsale runbook show mysql-failover`; on the right primary, set read_only=OFF.",
    runbook: "mysql-failover",
  },
  SETTING_UNSAFE: {
    severity: "critical",
    title: "a server setting can lose data",
    next: "Change the setting on the server as the message says, and restart it if needed.",
  },
  CLOCK_SKEW: {
    severity: "warning",
    title: "two clocks differ",
    next: "Repair time synchronisation (chrony, NTP) on the machine whose clock is off.",
  },
  SCHEMA_UNREADABLE: {
    severity: "critical",
    title: "the database cannot be used",
    next:
      "Check the user and the database in MYSQL_URL, and MYSQL_PASSWORD; `onsale db migrate` " +
      "creates a database.",
  },
  MIGRATIONS_PENDING: {
    severity: "critical",
    title: "the schema is older than this program",
    next: "Run `onsale db migrate`.",
  },
  MIGRATIONS_UNKNOWN: {
    severity: "critical",
    title: "the schema is newer than this program",
    next: "Deploy the version that made the schema; do not migrate back.",
  },
  SCHEMA_UNSUITABLE: {
    severity: "critical",
    title: "a table cannot store every text, or is not transactional",
    next:
      "Change each named column back by ALTER TABLE … MODIFY … CHARACTER SET utf8mb4 COLLATE " +
      "utf8mb4_general_ci, and each named table by ALTER TABLE … ENGINE=InnoDB.",
  },
  WORKER_MISSING: {
    severity: "critical",
    title: "no worker runs",
    next: "Start a worker: a process with ROLE=worker or ROLE=all.",
  },
  WORKER_SILENT: {
    severity: "warning",
    title: "a worker died or is frozen",
    next: "Look at the process on its host; restart it. Other workers take its leases over.",
  },
  API_PROCESS_SILENT: {
    severity: "warning",
    title: "an API process died or is frozen",
    next: "Look at the process on its host; restart it, or take it out of the load balancer.",
  },
  LOOP_STALLED: {
    severity: "critical",
    title: "a loop makes no progress in any worker",
    next: "Look for the event `loop.iteration_failed` in the worker's log; restart the worker.",
  },
  QUEUE_LOST: {
    severity: "critical",
    title: "Redis lost a queue",
    next:
      "Run `onsale runbook run queue-lost`: it rebuilds the queue; a worker that runs does so by " +
      "itself.",
    runbook: "queue-lost",
  },
  QUEUE_SETTINGS_DIFFER: {
    severity: "critical",
    title: "Redis has other settings of a queue than MySQL",
    next:
      "A worker that runs repairs it within 4 s. If it stays, set the mode and the limits again: " +
      "`onsale queue pause` or `onsale queue open`, and `onsale queue admission set`.",
  },
  QUEUE_STUCK: {
    severity: "critical",
    title: "buyers wait while slots are free",
    next: "Run `onsale runbook run queue-stuck`: it admits by hand and restores promotion.",
    runbook: "queue-stuck",
  },
  QUEUE_NOT_OPEN: {
    severity: "warning",
    title: "buyers wait in a queue that is not open",
    next:
      "Run `onsale queue open` when the sale may go on; `onsale runbook run sale-pause-resume` " +
      "pauses and opens it step by step.",
    runbook: "sale-pause-resume",
  },
  QUEUE_DRAINING: {
    severity: "info",
    title: "a queue refuses new buyers",
    next: "Nothing, while the drain is intended; else run `onsale queue open`.",
  },
  OUTBOX_OLD: {
    severity: "critical",
    title: "a message has waited too long to be published",
    next: "Run `onsale runbook run outbox-lag`: it finds what stops the messages.",
    runbook: "outbox-lag",
  },
  DEAD_MESSAGES: {
    severity: "critical",
    title: "messages were given up",
    next: "Run `onsale runbook run poison-message`: it redrives them and checks the cause.",
    runbook: "poison-message",
  },
  MESSAGES_BLOCKED: {
    severity: "critical",
    title: "messages wait behind a failed one of their aggregate",
    next: "Run `onsale runbook run poison-message`: it waits until the cause is mended.",
    runbook: "poison-message",
  },
  CONSUMER_LAG: {
    severity: "warning",
    title: "a consumer is behind",
    next: "Run `onsale runbook run consumer-stalled`: it finds what stops the consumer.",
    runbook: "consumer-stalled",
  },
  HOLDS_OVERDUE: {
    severity: "critical",
    title: "expired holds still block seats",
    next: "Run `onsale runbook run hold-expiry-stopped`: it frees seats and checks the reaper.",
    runbook: "hold-expiry-stopped",
  },
  NOTIFICATIONS_DEAD: {
    severity: "warning",
    title: "notifications were given up",
    next:
      "`onsale notification list --status dead` shows the reasons. When the receiver works, run " +
      "`onsale notification repeat --dead`.",
  },
  NOTIFICATIONS_OLD: {
    severity: "warning",
    title: "a notification has waited too long for its delivery",
    next: "Run `onsale runbook run consumer-stalled`: it checks the receiver and delivers them.",
    runbook: "consumer-stalled",
  },
  SALES_DRIFTED: {
    severity: "warning",
    title: "the sales figures differ from the reservations",
    next:
      "Run `onsale sales rebuild`, then the same with --execute: it corrects the figures while " +
      "the sale goes on. Nothing was sold wrongly.",
  },
  OVERLOADED: {
    severity: "critical",
    title: "a server or an API process is overloaded",
    next: "Run `onsale runbook run overload`: it lets fewer buyers in until the servers recover.",
    runbook: "overload",
  },
  LOCKS_CONTENDED: {
    severity: "critical",
    title: "many statements wait for the same rows",
    next: "Run `onsale runbook run hot-seat`: it lets fewer buyers in and finds the blocker.",
    runbook: "hot-seat",
  },
  JOB_ABANDONED: {
    severity: "warning",
    title: "a job of an operator stopped half way",
    next:
      "Run the same command again with --execute and --job: it continues; or end the job with " +
      "`onsale job stop`.",
  },
  SEAT_RIGHTS_BROKEN: {
    severity: "critical",
    title: "a seat may be sold twice",
    next: "Run `onsale runbook run double-sale`: it pauses the sale and keeps the evidence first.",
    runbook: "double-sale",
  },
  SALE_INCONSISTENT: {
    severity: "critical",
    title: "a payment and its seats disagree",
    next: "Run `onsale runbook run paid-not-confirmed`: it pauses the sale and settles payments.",
    runbook: "paid-not-confirmed",
  },
  LEDGER_MISMATCH: {
    severity: "critical",
    title: "points and their ledger disagree",
    next: "Run `onsale runbook run ledger-mismatch`: it repairs what the ledger proves.",
    runbook: "ledger-mismatch",
  },
  INVARIANT_BROKEN: {
    severity: "critical",
    title: "an invariant is violated",
    next: "Stop selling with `onsale queue pause`, and keep the output of `onsale doctor --json`.",
  },
  INVARIANTS_UNCHECKED: {
    severity: "warning",
    title: "the invariants have not been checked lately",
    next: "Run `onsale doctor --full`, and look why the workers' hourly check does not end.",
  },
  CHECK_FAILED: {
    severity: "warning",
    title: "a check could not be made",
    next: "Repair the server that the message names, then look again.",
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDING_KINDS;

/** One condition that was found. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The thing that is affected: "mysql", "queue main", "I4". */
  readonly subject: string;
  /** A sentence with the figure. */
  readonly message: string;
  readonly next: string;
  /** Name of the runbook for it; undefined where none exists. */
  readonly runbook?: string | undefined;
}

/** @param message a sentence with the figure */
export function finding(code: FindingCode, subject: string, message: string): Finding {
  const { severity, next, runbook }: FindingKind = FINDING_KINDS[code];
  return { code, severity, subject, message, next, runbook };
}
