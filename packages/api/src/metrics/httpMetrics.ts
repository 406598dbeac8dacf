import type { MetricFacts } from "@onsale/core";

/** The metrics that the API itself writes, in addition to those of core. */
export const HTTP_METRICS = {
  http_request_duration_seconds: {
    ...{ kind: "histogram", labels: ["method", "route", "status"], writtenBy: "all" },
    meaning: "Time from the request's headers to its answer",
  },
  http_requests_in_flight: {
    ...{ kind: "gauge", labels: [], writtenBy: "all" },
    meaning: "Requests being worked on",
  },
  http_waiting_requests_in_flight: {
    ...{ kind: "gauge", labels: [], writtenBy: "all" },
    meaning: "Requests of waiting buyers being worked on",
  },
  http_connections: {
    ...{ kind: "gauge", labels: [], writtenBy: "all" },
    meaning: "Open connections of clients",
  },
  queue_streams: {
    ...{ kind: "gauge", labels: [], writtenBy: "api" },
    meaning: "Open streams of events about places in line",
  },
} as const satisfies Record<string, MetricFacts>;
