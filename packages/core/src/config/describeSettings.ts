import { z } from "zod";
import { environmentSchema } from "./environmentSchema.ts";

type VariableName = keyof typeof environmentSchema.shape;

/** An environment variable as its documentation shows it. */
export interface DescribedSetting {
  readonly name: string;
  /** The default as one would write it; undefined when there is none. */
  readonly fallback: string | undefined;
  /** What may be given: "100 to 10000", "jwt, trusted", … */
  readonly allowed: string;
  readonly meaning: string;
  readonly group: string;
}

/** By group, in the order of the documentation; the compiler misses none. */
const MEANINGS = {
  Servers: {
    STACK:
      "servers: MySQL, Redis and Kafka; embedded: one process without any, in memory, not " +
      "durable ([EMBEDDED.md](../start/EMBEDDED.md))",
    MYSQL_URL: "MySQL or MariaDB with user, password and database; required with servers",
    MYSQL_POOL_MAX: "Connections of one process",
    MYSQL_DOWN_AFTER_MS: "Silence after which the database counts as down and requests get 503",
    REDIS_URL: "Redis of the queue, the seat locks and the caches; required with servers",
    REDIS_KEY_PREFIX: "Put before every key, so that several installations share a server",
    REDIS_COMMAND_TIMEOUT_MS: "Silence after which a command fails",
    KAFKA_BROKERS: "host:port[,host:port]; only workers connect",
    KAFKA_TOPIC_PREFIX: "Put before every topic",
    KAFKA_IDEMPOTENT: "Idempotent producer; false only for brokers that refuse it",
  },
  HTTP: {
    ROLE: "api serves requests, worker runs the loops and consumers, all does both",
    HOST: "Address to listen on",
    PORT: "Port to listen on; the worker serves health and metrics there",
    TRUST_PROXY: "Believe one proxy's X-Forwarded-For",
    IN_FLIGHT_MAX:
      "Requests that one process works on at a time; more get 503 at once. A request whose body " +
      "is still arriving does not count",
    OPEN_REQUESTS_USER_MAX:
      "Requests of one user that are open in one process at a time, also while their bodies " +
      "arrive; more get 429",
    OPEN_REQUESTS_ADDRESS_MAX:
      "The same for one address. Raise it when a proxy without TRUST_PROXY or a large network " +
      "shares one address",
    CONNECTIONS_MAX:
      "Connections of one process. Near the bound the connection that has been idle longest is " +
      "closed for each new one. Lowered at start when the process may open too few files",
    REQUEST_TIMEOUT_MS: "Longest time for a request",
    BODY_TIMEOUT_MS:
      "Longest time for the body of a request; at most half of REQUEST_TIMEOUT_MS is used",
    SHUTDOWN_MS: "Longest drain after SIGTERM",
    RATE_LIMIT_USER_PER_SECOND: "Requests of one user",
    RATE_LIMIT_ADDRESS_PER_SECOND: "Requests of one address",
    LOG_LEVEL: "Least severe lines that are logged",
  },
  "Who is calling": {
    AUTH_MODE: "jwt: access tokens are verified; trusted: a gateway in front says who calls",
    AUTH_JWT_SECRET:
      "HS256 secret of access tokens, 32 characters or more; made up at start with STACK=embedded",
    AUTH_JWKS_URL: "Key set of access tokens that another system signs",
    AUTH_ISSUER: "Demanded `iss` of access tokens",
    DEV_ISSUER:
      "POST /users hands out access tokens; for development only. On by default with " +
      "STACK=embedded, unless AUTH_JWKS_URL names an issuer",
    QUEUE_TOKEN_KEYS:
      "kid:secret[,kid:secret]; the first signs queue tokens, all verify; required, made up at " +
      "start with STACK=embedded",
  },
  Queue: {
    QUEUE_ACTIVE_COUNT_MAX: "Buyers who may shop at once, for new queues",
    QUEUE_ADMISSION_RATE_PER_MINUTE: "Admissions in any 60 seconds, for new queues",
    QUEUE_ACTIVE_TTL_MS: "How long an admission lives, for new queues",
    QUEUE_ACTIVATION_MS: "An admitted buyer who does not show up within this gives the slot back",
    QUEUE_PROMOTE_MS: "How often workers let people in",
    POLL_AFTER_MIN_MS:
      "Shortest advised pause between two status requests; at most POLL_AFTER_MAX_MS",
    POLL_AFTER_MAX_MS: "Longest advised pause, for those far back",
  },
  "Holds and seats": {
    HOLD_TTL_MS: "How long a held seat waits for its payment",
    HOLD_SWEEP_MS: "How often workers look for expired holds",
    SEATS_PER_RESERVATION_MAX: "Largest party",
    SEATS_PER_BUYER_MAX:
      "Seats of one performance that a buyer may hold and have paid for in all; at least " +
      "SEATS_PER_RESERVATION_MAX",
    SEAT_LOCK: "redlock sheds losers of a hot seat before the database; conditional does without",
    SEAT_LOCK_TTL_MS: "Longest life of a seat lock",
  },
  "Outbox and notifications": {
    OUTBOX_BUCKETS: "Lanes of the outbox; never change it while messages are pending",
    OUTBOX_POLL_MS: "How often the relay looks without being nudged",
    OUTBOX_LEASE_MS: "After this the buckets of a worker that died go to another",
    OUTBOX_ATTEMPTS_MAX: "Failures after which a message is given up as DEAD",
    WEBHOOK_URL:
      "Where each step of a reservation (held, confirmed, cancelled, expired, refunded) and of a " +
      "payment (captured, refunded) is reported",
    WEBHOOK_FORMAT: "Body of the report: all fields, or a Slack message",
    WEBHOOK_TIMEOUT_MS: "Longest wait for the receiver",
    RETENTION_MS: "How long published messages and idempotency records are kept",
  },
} as const satisfies Record<string, Partial<Record<VariableName, string>>>;

const jsonSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  minLength: z.number().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  default: z.union([z.string(), z.number()]).optional(),
});

/** Every environment variable that Onsale reads, for documentation that cannot go stale. */
export function describeSettings(): readonly DescribedSetting[] {
  const shape: Readonly<Record<string, z.ZodType>> = environmentSchema.shape;
  const described = Object.entries(MEANINGS).flatMap(([group, meanings]) =>
    Object.entries(meanings).map(([name, meaning]) => ({
      ...limitsOf(shape[name]),
      name,
      meaning,
      group,
    })),
  );
  const missing = Object.keys(shape).filter((name) => !described.some((one) => one.name === name));
  if (missing.length > 0) throw new Error(`Say what these mean: ${missing.join(", ")}`);
  return described;
}

function limitsOf(schema: z.ZodType | undefined): {
  fallback: string | undefined;
  allowed: string;
} {
  if (schema === undefined) throw new Error("A meaning without a variable");
  const json = jsonSchema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  const fallback = json.default === undefined ? undefined : String(json.default);
  return { fallback, allowed: allowedOf(json) };
}

function allowedOf(json: z.infer<typeof jsonSchema>): string {
  if (json.enum !== undefined) return json.enum.join(", ");
  if (json.minimum !== undefined) return `${json.minimum} to ${json.maximum}`;
  if (json.format === "uri") return "URL";
  if (json.minLength !== undefined) return `${json.minLength} or more characters`;
  if (json.maxLength !== undefined) return `up to ${json.maxLength} characters`;
  return "text";
}
