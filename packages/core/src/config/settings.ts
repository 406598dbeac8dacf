import { z } from "zod";
import { authSettings } from "./authSettings.ts";
import { coreSettings } from "./coreSettings.ts";
import { serverSettings } from "./serverSettings.ts";
import {
  flag,
  headerPairs,
  int,
  optionalInt,
  origins,
  otlpUrl,
  pairs,
  ratio,
  SECRET_LENGTH_MIN,
  settingsOf,
} from "./settingKinds.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const servers = settingsOf("Servers");
const http = settingsOf("HTTP");
const callers = settingsOf("Authentication");
const traces = settingsOf("Traces");

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/**
 * Defines every setting: its environment variable, its rule and its meaning. The place of a setting
 * in this tree is its path in the parsed configuration. The type of the configuration, the page
 * docs/reference/CONFIGURATION.md and `onsale config show` are derived from this tree. Durations
 * are milliseconds. Workflows see only the part `core`.
 */
export const settingsSchema = z.object({
  stack: servers(
    "STACK",
    z.enum(["servers", "embedded"]).default("servers"),
    "servers: MySQL, Redis and Kafka; embedded: one process without servers, all data in " +
      "memory ([EMBEDDED.md](../start/EMBEDDED.md))",
  ),
  ...serverSettings,

  http: z.object({
    host: http(
      "HOST",
      z.string().default("127.0.0.1"),
      "Address to listen on. `onsale serve --host` overrides this setting",
    ),
    port: http(
      "PORT",
      int(0, 65_535, 8080),
      "Port to listen on; a worker serves health and metrics there. `onsale serve --port` " +
        "overrides this setting, and the worker of `serve` takes a free port",
    ),
    trustProxy: http(
      "TRUST_PROXY",
      flag("false"),
      "Take the client's address from X-Forwarded-For, which one proxy sets",
    ),
    corsOrigins: http(
      "CORS_ORIGINS",
      origins(),
      "origin[,origin], such as https://shop.example: pages of these origins may call the API " +
        "from a browser; * allows every origin. Without it, only pages of its own origin may " +
        "([DEPLOYMENT.md](../operate/DEPLOYMENT.md#web-pages-of-another-origin))",
    ),
    inFlightMax: http(
      "IN_FLIGHT_MAX",
      int(1, 100_000, 512),
      "Maximum number of requests that one process works on at a time; others get 503 " +
        "immediately. A request whose body is still arriving does not count, nor do requests of " +
        "waiting buyers",
    ),
    queueInFlightMax: http(
      "QUEUE_IN_FLIGHT_MAX",
      int(1, 100_000, 128),
      "Maximum number of requests of waiting buyers (join, status) that one process works on at " +
        "a time; others get 503 immediately. They take no slot of IN_FLIGHT_MAX",
    ),
    openRequestsUserMax: http(
      "OPEN_REQUESTS_USER_MAX",
      int(1, 100_000, 64),
      "Maximum number of open requests of one user in one process, including requests whose " +
        "bodies are still arriving; others get 429",
    ),
    openRequestsAddressMax: http(
      "OPEN_REQUESTS_ADDRESS_MAX",
      int(1, 1_000_000, 2048),
      "Maximum number of open requests of one address in one process, and at most half of its " +
        "connections; others get 429. Raise it when many buyers share an address, behind a proxy " +
        "without TRUST_PROXY or in a large network",
    ),
    queueStreamsMax: http(
      "QUEUE_STREAMS_MAX",
      int(1, 100_000, 2000),
      "Maximum number of open streams of events about places in line in one process; others get " +
        "503 and poll. Never more than half of the connections",
    ),
    connectionsMax: http(
      "CONNECTIONS_MAX",
      int(16, 1_000_000, 10_000),
      "Maximum number of client connections of one process. Near the maximum, each new " +
        "connection closes the connection that has been idle longest. The maximum is lowered at " +
        "the start when the process may open too few files",
    ),
    requestTimeoutMs: http(
      "REQUEST_TIMEOUT_MS",
      int(500, MINUTE, 10 * SECOND),
      "Longest time for a request",
    ),
    bodyTimeoutMs: http(
      "BODY_TIMEOUT_MS",
      int(100, MINUTE, 5 * SECOND),
      "Longest time for the body of a request; at most half of REQUEST_TIMEOUT_MS is used",
    ),
    drainDelayMs: http(
      "DRAIN_DELAY_MS",
      int(0, 5 * MINUTE, 0),
      "Time after SIGTERM for which a process serves on while /health/ready answers 503 " +
        "draining; longer than a balancer needs to see it. 0 for a process without a balancer",
    ),
    shutdownMs: http(
      "SHUTDOWN_MS",
      int(100, 5 * MINUTE, 10 * SECOND),
      "Longest wait for open requests after SIGTERM and DRAIN_DELAY_MS",
    ),
    userPerSecond: http(
      "RATE_LIMIT_USER_PER_SECOND",
      int(1, 1_000_000, 50),
      "Maximum number of requests of one user per second; others get 429",
    ),
    addressPerSecond: http(
      "RATE_LIMIT_ADDRESS_PER_SECOND",
      int(1, 1_000_000, 20_000),
      "Maximum number of requests of one address per second; others get 429",
    ),
  }),
  auth: authSettings,
  admin: z.object({
    jwtSecret: callers(
      "ADMIN_JWT_SECRET",
      z.string().min(SECRET_LENGTH_MIN).optional(),
      "HS256 secret of admin tokens, 32 or more characters, another one than AUTH_JWT_SECRET; " +
        "without it there are no admin endpoints",
      { file: true },
    ),
    port: http(
      "ADMIN_PORT",
      optionalInt(0, 65_535),
      "Port of the admin endpoints. With this port they are served only there, without it on PORT",
    ),
  }),
  metrics: z.object({
    port: http(
      "METRICS_PORT",
      optionalInt(0, 65_535),
      "Port of /metrics and the probes. With this port, PORT serves no metrics. A worker serves " +
        "them on PORT",
    ),
    token: http(
      "METRICS_TOKEN",
      z.string().min(SECRET_LENGTH_MIN).optional(),
      "Bearer token that /metrics needs, 32 or more characters. Without it and without " +
        "METRICS_PORT, only clients on the same machine get the metrics on PORT, never through a " +
        "proxy",
      { file: true },
    ),
  }),
  logLevel: http(
    "LOG_LEVEL",
    z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
    "Lowest level of log lines that are written",
  ),
  /** The role of a process, unless its command line names a role. */
  role: http(
    "ROLE",
    z.enum(["api", "queue", "worker", "all"]).default("all"),
    "api serves requests, queue only those of waiting buyers and without MySQL, worker runs the " +
      "loops and consumers, all serves requests and runs the loops",
  ),
  tracing: z.object({
    endpoint: traces(
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      otlpUrl(),
      "OTLP endpoint over HTTP, such as http://collector:4318; the path /v1/traces is added. " +
        "Without an endpoint there are no traces ([TRACES.md](../operate/TRACES.md))",
    ),
    tracesEndpoint: traces(
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
      otlpUrl(),
      "Whole URL for traces, instead of OTEL_EXPORTER_OTLP_ENDPOINT",
    ),
    headers: traces(
      "OTEL_EXPORTER_OTLP_HEADERS",
      headerPairs(),
      "name=value[,name=value]; headers of every request to the endpoint",
      { file: true },
    ),
    serviceName: traces(
      "OTEL_SERVICE_NAME",
      z.string().optional(),
      "Name of the process in traces; without it onsale- and the role",
    ),
    resourceAttributes: traces(
      "OTEL_RESOURCE_ATTRIBUTES",
      pairs(),
      "name=value[,name=value]; added to all spans of the process",
    ),
    sampler: traces(
      "OTEL_TRACES_SAMPLER",
      z.enum(SAMPLERS).default("parentbased_traceidratio"),
      "Which requests are traced. The samplers with parentbased follow the caller when its " +
        "request has a traceparent header",
    ),
    ratio: traces(
      "OTEL_TRACES_SAMPLER_ARG",
      ratio(1),
      "Share of the requests that the samplers with traceidratio trace",
    ),
    queueMax: traces(
      "OTEL_BSP_MAX_QUEUE_SIZE",
      int(64, 1_000_000, 4096),
      "Maximum number of spans that wait to be sent; further spans are lost",
    ),
    disabled: traces("OTEL_SDK_DISABLED", flag("false"), "true: no traces, whatever the endpoint"),
  }),
  core: coreSettings,
});

/** The parsed settings of a process on servers. The type of `stack` is not narrowed yet. */
export type Settings = z.infer<typeof settingsSchema>;
