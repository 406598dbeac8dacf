import { z } from "zod";

/** `Number` alone would take "0x1f90" and "1e4" too, which are slips rather than settings. */
const int = (min: number, max: number, fallback: number) =>
  z
    .string()
    .trim()
    .regex(/^-?\d+$/, "wants a whole number in decimal digits")
    .pipe(z.coerce.number<string>().int().min(min).max(max))
    .default(fallback)
    .meta({ minimum: min, maximum: max });
const flag = (fallback: "true" | "false") =>
  z
    .enum(["true", "false"])
    .default(fallback)
    .transform((text) => text === "true");
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );
const keyring = z
  .string()
  .optional()
  .transform((text, context) => {
    const kids = new Set<string>();
    return (text?.split(",") ?? []).map((part) => {
      const colon = part.indexOf(":");
      const key = { kid: part.slice(0, colon), secret: part.slice(colon + 1) };
      if (colon < 1 || key.secret.length < SECRET_LENGTH_MIN) {
        context.addIssue({ code: "custom", message: KEYRING_FORM });
      }
      // The token names its key: with two of one name, tokens of the first would be refused.
      if (kids.has(key.kid)) context.addIssue({ code: "custom", message: "has a kid twice" });
      kids.add(key.kid);
      return key;
    });
  });

const KEYRING_FORM = "wants kid:secret[,kid:secret], secrets of 32+";

/** HS256 wants a key at least as long as its digest (RFC 7518, 3.2): 32 bytes. */
const SECRET_LENGTH_MIN = 32;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Every environment variable that Onsale reads; the only place that knows their names. */
export const environmentSchema = z.object({
  STACK: z.enum(["servers", "embedded"]).default("servers"),
  MYSQL_URL: z.url({ protocol: /^(mysql|mariadb)$/ }).optional(),
  MYSQL_POOL_MAX: int(1, 200, 16),
  MYSQL_DOWN_AFTER_MS: int(100, 10 * SECOND, 600),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  REDIS_KEY_PREFIX: z.string().max(64).default("onsale:"),
  REDIS_COMMAND_TIMEOUT_MS: int(50, 10 * SECOND, 700),
  KAFKA_BROKERS: list,
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[\w.-]*$/)
    .max(64)
    .default("onsale."),
  KAFKA_IDEMPOTENT: flag("true"),
  ROLE: z.enum(["api", "worker", "all"]).default("all"),
  HOST: z.string().default("127.0.0.1"),
  PORT: int(0, 65_535, 8080),
  AUTH_MODE: z.enum(["jwt", "trusted"]).default("jwt"),
  AUTH_JWT_SECRET: z.string().min(SECRET_LENGTH_MIN).optional(),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  AUTH_ISSUER: z.string().optional(),
  DEV_ISSUER: flag("false"),
  QUEUE_TOKEN_KEYS: keyring,
  TRUST_PROXY: flag("false"),
  IN_FLIGHT_MAX: int(1, 100_000, 512),
  OPEN_REQUESTS_USER_MAX: int(1, 100_000, 64),
  OPEN_REQUESTS_ADDRESS_MAX: int(1, 1_000_000, 2048),
  CONNECTIONS_MAX: int(16, 1_000_000, 10_000),
  REQUEST_TIMEOUT_MS: int(500, MINUTE, 10 * SECOND),
  BODY_TIMEOUT_MS: int(100, MINUTE, 5 * SECOND),
  SHUTDOWN_MS: int(100, 5 * MINUTE, 10 * SECOND),
  RATE_LIMIT_USER_PER_SECOND: int(1, 1_000_000, 50),
  RATE_LIMIT_ADDRESS_PER_SECOND: int(1, 1_000_000, 20_000),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  HOLD_TTL_MS: int(100, HOUR, 5 * MINUTE),
  HOLD_SWEEP_MS: int(50, MINUTE, SECOND),
  SEATS_PER_RESERVATION_MAX: int(1, 20, 4),
  SEATS_PER_BUYER_MAX: int(1, 1000, 8),
  SEAT_LOCK: z.enum(["redlock", "conditional"]).default("redlock"),
  SEAT_LOCK_TTL_MS: int(100, MINUTE, 3 * SECOND),
  QUEUE_ACTIVE_COUNT_MAX: int(1, 1_000_000, 1000),
  QUEUE_ADMISSION_RATE_PER_MINUTE: int(1, 1_000_000, 6000),
  QUEUE_ACTIVE_TTL_MS: int(SECOND, 24 * HOUR, 10 * MINUTE),
  QUEUE_ACTIVATION_MS: int(SECOND, HOUR, MINUTE),
  QUEUE_PROMOTE_MS: int(20, MINUTE, 200),
  POLL_AFTER_MIN_MS: int(50, MINUTE, 500),
  POLL_AFTER_MAX_MS: int(50, MINUTE, 10 * SECOND),
  OUTBOX_BUCKETS: int(1, 256, 16),
  OUTBOX_POLL_MS: int(20, MINUTE, 500),
  OUTBOX_LEASE_MS: int(500, 10 * MINUTE, 10 * SECOND),
  OUTBOX_ATTEMPTS_MAX: int(1, 1000, 10),
  WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  WEBHOOK_FORMAT: z.enum(["onsale", "slack"]).default("onsale"),
  WEBHOOK_TIMEOUT_MS: int(100, MINUTE, 5 * SECOND),
  RETENTION_MS: int(MINUTE, 365 * 24 * HOUR, 7 * 24 * HOUR),
});

/** The parsed environment, by variable. */
export type Environment = z.infer<typeof environmentSchema>;
