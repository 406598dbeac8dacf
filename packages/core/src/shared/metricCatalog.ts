/**
 * A counter only increases. A gauge is a value at a moment. A histogram has the distribution of
 * durations, in seconds.
 */
export type MetricKind = "counter" | "gauge" | "histogram";

/** The definition of a metric. Its Prometheus name has the prefix `onsale_`. */
export interface MetricFacts {
  readonly kind: MetricKind;
  readonly labels: readonly string[];
  /** The processes that write it: those that serve requests, workers, or all. */
  readonly writtenBy: "api" | "worker" | "all";
  readonly meaning: string;
}

/** Returns a function that defines a metric of the kind: writers, meaning, names of labels. */
function metricsOf<const Kind extends MetricKind>(kind: Kind) {
  return <const Labels extends readonly string[]>(
    writtenBy: MetricFacts["writtenBy"],
    meaning: string,
    ...labels: Labels
  ) => ({ kind, labels, writtenBy, meaning });
}

const counter = metricsOf("counter");
const gauge = metricsOf("gauge");
const histogram = metricsOf("histogram");

/**
 * Every metric that core writes. Types, the help of `/metrics`, the documentation and the checks of
 * alerts and dashboards follow from this list.
 */
export const METRICS = {
  holds_total: counter(
    "api",
    "Holds: held, replayed for a repeated key, or the reason of the refusal",
    "outcome",
  ),
  holds_expired_total: counter("worker", "Holds that ended because they were not paid in time"),
  payments_total: counter("api", "Payments: captured, or replayed for a repeated key", "outcome"),
  queue_waiting: gauge("worker", "Buyers who wait in the queue", "queue"),
  queue_active: gauge("worker", "Active buyers of the queue", "queue"),
  queue_admissions_total: counter("worker", "Buyers who were admitted", "queue"),
  queue_promotions_dropped_total: counter(
    "worker",
    "Buyers whose promotion came too late and was repeated",
    "queue",
  ),
  queue_admitted_by_token_total: counter(
    "api",
    "Requests that were admitted by their token alone, because Redis did not answer",
    "queue",
  ),
  queue_places_returned_total: counter(
    "api",
    "Places that returned to the line after their buyers had missed the admission",
    "queue",
  ),
  queue_places_restored_total: counter(
    "api",
    "Places that buyers brought back with their tokens after Redis had lost the queue",
    "queue",
  ),
  cache_reads_total: counter(
    "api",
    "Reads of the catalog: from the process, shared (Redis), or loaded (MySQL)",
    "source",
  ),
  transaction_groups_total: counter(
    "api",
    "Groups of requests in one transaction: committed whole, or split after a failure",
    "kind",
    "outcome",
  ),
  transaction_restarts_total: counter(
    "all",
    "Transactions that were repeated: deadlock (restart), lock-wait, connection",
    "kind",
  ),
  commit_outcomes_looked_up_total: counter(
    "all",
    "Transactions whose COMMIT got no answer, and whose outcome was looked up",
  ),
  mysql_pool_in_use: gauge("all", "Connections to MySQL that are in use"),
  mysql_pool_waiting: gauge("all", "Requests that wait for a connection to MySQL"),
  mysql_pool_max: gauge("all", "The setting MYSQL_POOL_MAX"),
  outbox_pending_messages: gauge("worker", "Messages that are not published yet"),
  outbox_oldest_pending_seconds: gauge(
    "worker",
    "Age of the oldest message that is not published yet",
  ),
  outbox_dead_messages: gauge("worker", "Messages that no relay tries again"),
  outbox_blocked_messages: gauge(
    "worker",
    "Messages that wait behind a failed message of their aggregate",
  ),
  outbox_published_total: counter("worker", "Messages that were published and marked"),
  outbox_failed_total: counter(
    "worker",
    "Messages that were not published: retry, postponed, or dead",
    "outcome",
  ),
  outbox_publish_seconds: histogram("worker", "Time to publish the messages of a round"),
  outbox_lease_changes_total: counter(
    "worker",
    "Leases of outbox buckets that a relay acquired, released or lost",
    "change",
  ),
  consumer_lag_messages: gauge(
    "worker",
    "Messages in Kafka that the consumer has not read",
    "consumer",
  ),
  inbox_messages_total: counter(
    "worker",
    "Messages that a consumer read: applied, or repeated",
    "consumer",
    "outcome",
  ),
  dead_letters_total: counter(
    "worker",
    "Messages that a consumer could not read and moved to its dead-letter topic",
    "consumer",
  ),
  notifications_total: counter("worker", "Notifications: delivered, retry, or dead", "outcome"),
  notification_batch_seconds: histogram("worker", "Time to deliver a batch of notifications"),
  loop_failures_total: counter(
    "worker",
    "Iterations of background loops that failed; the loop continues",
    "loop",
  ),
  scheduled_job_seconds: histogram("worker", "Duration of a scheduled job", "job"),
  cleaned_up_rows_total: counter("worker", "Old rows that were deleted", "kind"),
  sales_drift_reservations: gauge(
    "worker",
    "Reservations that the sales projection counts wrongly, in the last hourly check",
  ),
  sales_drift_performances: gauge(
    "worker",
    "Performances whose sales figures differ from their reservations, in the last hourly check",
  ),
  invariant_violations: gauge("worker", "Violations that the hourly check found", "invariant"),
  trace_spans_lost_total: counter(
    "all",
    "Spans that were not sent: queue_full, or export_failed when the endpoint did not take them",
    "reason",
  ),
  checked_timestamp_seconds: gauge(
    "worker",
    "When the last hourly check by this process ended, in Unix time: sales, or invariants",
    "check",
  ),
} satisfies Record<string, MetricFacts>;

type Catalog = typeof METRICS;

export type MetricName = keyof Catalog;

/** The names of the metrics of a kind. */
type NameOf<Kind extends MetricKind> = {
  [Name in MetricName]: Catalog[Name]["kind"] extends Kind ? Name : never;
}[MetricName];

export type CounterName = NameOf<"counter">;
export type GaugeName = NameOf<"gauge">;
export type HistogramName = NameOf<"histogram">;

/** A value for each label of the metric. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<Catalog[Name]["labels"][number], string>
>;
