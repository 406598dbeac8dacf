import { z } from "zod";
import { readRedisUrl } from "./redisUrl.ts";
import { flag, int, partsOf, SERVER_MISSING, serverUrl, settingsOf } from "./settingKinds.ts";
import { tlsSettings } from "./tlsSettings.ts";

const SECOND = 1000;

const servers = settingsOf("Servers");
const FILE = { file: true } as const;

export const SASL_MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;

/** The settings of the three servers. The header of settings.ts explains the form. */
export const serverSettings = {
  mysql: z.object({
    url: servers(
      "MYSQL_URL",
      serverUrl(/^(mysql|mariadb)$/),
      "MySQL or MariaDB with user, password and database; required with servers. The parameter " +
        "ssl-mode asks for TLS, as MYSQL_TLS does; other parameters are refused",
    ),
    password: servers(
      "MYSQL_PASSWORD",
      z.string().optional(),
      "Password of the user in MYSQL_URL, when the URL has none",
      FILE,
    ),
    tls: tlsSettings("MYSQL", "Without it, ssl-mode in MYSQL_URL decides, else off"),
    poolMax: servers(
      "MYSQL_POOL_MAX",
      int(1, 200, 16),
      "Maximum number of connections of one process to MySQL",
    ),
    downAfterMs: servers(
      "MYSQL_DOWN_AFTER_MS",
      int(100, 10 * SECOND, 600),
      "Time without an answer after which MySQL counts as down and requests get 503",
    ),
  }),
  redis: z.object({
    url: servers(
      "REDIS_URL",
      redisUrl(),
      "Redis of the queue, the seat locks and the caches; required with servers. " +
        "redis://user:password@host:port/db, rediss:// with TLS, or " +
        "redis+sentinel://host:port,host:port/NAME for the master that sentinels name, or " +
        "redis+cluster://host:port,host:port",
    ),
    password: servers(
      "REDIS_PASSWORD",
      z.string().optional(),
      "Password of Redis, when REDIS_URL has none",
      FILE,
    ),
    sentinelUsername: servers(
      "REDIS_SENTINEL_USERNAME",
      z.string().optional(),
      "User at the sentinels, when they have ACL users",
    ),
    sentinelPassword: servers(
      "REDIS_SENTINEL_PASSWORD",
      z.string().optional(),
      "Password of the sentinels",
      FILE,
    ),
    tls: tlsSettings("REDIS", "Without it, rediss:// means verify-full, redis:// off"),
    keyPrefix: servers(
      "REDIS_KEY_PREFIX",
      z.string().max(64).default("onsale:"),
      "Prefix of every key, so that several installations can share a server",
    ),
    commandTimeoutMs: servers(
      "REDIS_COMMAND_TIMEOUT_MS",
      int(50, 10 * SECOND, 700),
      "Time without an answer after which a command fails",
    ),
  }),
  kafka: z.object({
    brokers: servers("KAFKA_BROKERS", brokers(), "host:port[,host:port]; only workers connect"),
    idempotent: servers(
      "KAFKA_IDEMPOTENT",
      flag("true"),
      "Idempotent producer; false only for brokers that refuse idempotent producers",
    ),
    tls: tlsSettings("KAFKA", "Without it off"),
    saslMechanism: servers(
      "KAFKA_SASL_MECHANISM",
      z
        .string()
        .toLowerCase()
        .pipe(z.enum(SASL_MECHANISMS))
        .optional()
        .meta({ enum: [...SASL_MECHANISMS] }),
      "How this client proves its name to the brokers; without it, not at all",
    ),
    saslUsername: servers("KAFKA_SASL_USERNAME", z.string().optional(), "User at the brokers"),
    saslPassword: servers(
      "KAFKA_SASL_PASSWORD",
      z.string().optional(),
      "Password of KAFKA_SASL_USERNAME",
      FILE,
    ),
  }),
};

function redisUrl() {
  return z
    .string({ error: ({ input }) => (input === undefined ? SERVER_MISSING : undefined) })
    .superRefine((text, context) => {
      const address = readRedisUrl(text);
      if ("problem" in address) context.addIssue({ code: "custom", message: address.problem });
    })
    .meta({ format: "uri" });
}

const BROKER = /^(?:\[[\da-f:.]+\]|[^\s:/@?[\]]+):(\d{1,5})$/i;
const PORT_MAX = 65_535;
const BROKER_FORM =
  "must be host:port[,host:port] without a scheme; KAFKA_TLS asks for TLS, and " +
  "KAFKA_SASL_MECHANISM for a user";

function brokers() {
  return z
    .string()
    .default("")
    .transform((text, context) => {
      const named = partsOf(text);
      const isBroker = (part: string): boolean => {
        const port = Number(BROKER.exec(part)?.[1] ?? 0);
        return port >= 1 && port <= PORT_MAX;
      };
      if (!named.every(isBroker)) context.addIssue({ code: "custom", message: BROKER_FORM });
      return named;
    });
}
