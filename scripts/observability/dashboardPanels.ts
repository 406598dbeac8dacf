/** The unit in which Grafana shows the values of a panel. */
export type Unit = "short" | "reqps" | "s" | "percentunit" | "bytes";

/** A graph of the dashboard. Each query has a legend, with labels in braces. */
export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly queries: readonly (readonly [query: string, legend: string])[];
}

export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

const RATE = "$__rate_interval";
const rateOf = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}[${RATE}]))`;

/** Requests of clients: probes and metrics are not their work. */
const REQUESTS = 'onsale_http_request_duration_seconds_count{route!~"/health.*|/metrics"}';

const quantile = (share: number, route: string): string =>
  `histogram_quantile(${share}, sum by (le) (rate(` +
  `onsale_http_request_duration_seconds_bucket{route=~"${route}"}[${RATE}])))`;

/** The rows from the buyers down to the processes: an operator reads from top to bottom. */
export const DASHBOARD_ROWS: readonly PanelRow[] = [
  {
    title: "Sale",
    panels: [
      {
        ...{ title: "Waiting and active buyers", unit: "short" },
        queries: [
          ["max by (queue) (onsale_queue_waiting)", "{{queue}} waiting"],
          ["max by (queue) (onsale_queue_active)", "{{queue}} active"],
        ],
      },
      {
        ...{ title: "Admissions", unit: "reqps" },
        queries: [[rateOf("onsale_queue_admissions_total", "queue"), "{{queue}}"]],
      },
      {
        ...{ title: "Holds by outcome", unit: "reqps" },
        queries: [[rateOf("onsale_holds_total", "outcome"), "{{outcome}}"]],
      },
      {
        ...{ title: "Payments and expired holds", unit: "reqps" },
        queries: [
          [rateOf("onsale_payments_total", "outcome"), "{{outcome}}"],
          [`sum(rate(onsale_holds_expired_total[${RATE}]))`, "holds expired"],
        ],
      },
    ],
  },
  {
    title: "API",
    panels: [
      {
        ...{ title: "Requests by status", unit: "reqps" },
        queries: [[rateOf(REQUESTS, "status"), "{{status}}"]],
      },
      {
        ...{ title: "Time of a hold and of a payment", unit: "s" },
        queries: [
          [quantile(0.5, ".*/concerts/reserve-seat"), "hold p50"],
          [quantile(0.95, ".*/concerts/reserve-seat"), "hold p95"],
          [quantile(0.95, ".*/payment/pay"), "payment p95"],
        ],
      },
      {
        ...{ title: "Time of the waiting room", unit: "s" },
        queries: [
          [quantile(0.95, ".*/queue/tokens"), "join p95"],
          [quantile(0.95, ".*/queue/tokens/(me|status/.*)"), "poll p95"],
        ],
      },
      {
        ...{ title: "Requests in flight, streams, connections", unit: "short" },
        queries: [
          ["sum(onsale_http_requests_in_flight)", "buying"],
          ["sum(onsale_http_waiting_requests_in_flight)", "waiting room"],
          ["sum(onsale_queue_streams)", "streams"],
          ["sum(onsale_http_connections)", "connections"],
        ],
      },
    ],
  },
  {
    title: "Database and cache",
    panels: [
      {
        ...{ title: "Pool of connections to MySQL", unit: "short" },
        queries: [
          ["sum by (instance) (onsale_mysql_pool_in_use)", "{{instance}} in use"],
          ["sum by (instance) (onsale_mysql_pool_waiting)", "{{instance}} waiting"],
          ["max(onsale_mysql_pool_max)", "maximum of a process"],
        ],
      },
      {
        ...{ title: "Groups of requests in one transaction", unit: "reqps" },
        queries: [
          [rateOf("onsale_transaction_groups_total", "kind, outcome"), "{{kind}} {{outcome}}"],
        ],
      },
      {
        ...{ title: "Transactions repeated, outcomes looked up", unit: "reqps" },
        queries: [
          [rateOf("onsale_transaction_restarts_total", "kind"), "{{kind}}"],
          [`sum(rate(onsale_commit_outcomes_looked_up_total[${RATE}]))`, "looked up"],
        ],
      },
      {
        ...{ title: "Reads of the catalog", unit: "reqps" },
        queries: [[rateOf("onsale_cache_reads_total", "source"), "{{source}}"]],
      },
    ],
  },
  {
    title: "Messages",
    panels: [
      {
        ...{ title: "Outbox", unit: "short" },
        queries: [
          ["max(onsale_outbox_pending_messages)", "pending"],
          ["max(onsale_outbox_blocked_messages)", "blocked"],
          ["max(onsale_outbox_dead_messages)", "dead"],
        ],
      },
      {
        ...{ title: "Age of the oldest pending message", unit: "s" },
        queries: [["max(onsale_outbox_oldest_pending_seconds)", "oldest"]],
      },
      {
        ...{ title: "Published and failed, changes of leases", unit: "reqps" },
        queries: [
          [`sum(rate(onsale_outbox_published_total[${RATE}]))`, "published"],
          [rateOf("onsale_outbox_failed_total", "outcome"), "failed: {{outcome}}"],
          [rateOf("onsale_outbox_lease_changes_total", "change"), "lease {{change}}"],
        ],
      },
      {
        ...{ title: "Consumers", unit: "short" },
        queries: [
          ["max by (consumer) (onsale_consumer_lag_messages)", "{{consumer}} unread"],
          [
            rateOf("onsale_inbox_messages_total", "consumer, outcome"),
            "{{consumer}} {{outcome}}/s",
          ],
          [rateOf("onsale_notifications_total", "outcome"), "notifications {{outcome}}/s"],
          ["max(onsale_sales_drift_reservations)", "reservations counted wrongly"],
          ["max(onsale_sales_drift_performances)", "performances with another sum"],
        ],
      },
    ],
  },
  {
    title: "Processes",
    panels: [
      {
        ...{ title: "CPU", unit: "percentunit" },
        queries: [[rateOf("process_cpu_seconds_total", "instance"), "{{instance}}"]],
      },
      {
        ...{ title: "Delay of the event loop, p99", unit: "s" },
        queries: [["max by (instance) (nodejs_eventloop_lag_p99_seconds)", "{{instance}}"]],
      },
      {
        ...{ title: "Memory", unit: "bytes" },
        queries: [["max by (instance) (process_resident_memory_bytes)", "{{instance}}"]],
      },
      {
        ...{ title: "Violations, failed loops, lost spans", unit: "short" },
        queries: [
          ["max by (invariant) (onsale_invariant_violations)", "{{invariant}}"],
          ["sum by (loop) (increase(onsale_loop_failures_total[5m]))", "{{loop}} failed"],
          ["sum by (reason) (increase(onsale_trace_spans_lost_total[5m]))", "spans: {{reason}}"],
        ],
      },
    ],
  },
];
