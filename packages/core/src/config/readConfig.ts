import assert from "node:assert/strict";
import { EMBEDDED_ROLE, embeddedEnvironment } from "./embeddedEnvironment.ts";
import { type Environment, environmentSchema } from "./environmentSchema.ts";

/** The settings that could not be understood, one line for each; secrets are never shown. */
export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.name = "ConfigError";
  }
}

/** The settings that every stack has, grouped by what they serve. Durations are milliseconds. */
export type CommonConfig = ReturnType<typeof groupCommon>;

/** Settings of a process on MySQL, Redis and Kafka. */
export type ServersConfig = CommonConfig & ReturnType<typeof groupServers>;

/** Settings of a process that is its own world: everything in its memory, gone at its end. */
export interface EmbeddedConfig extends CommonConfig {
  readonly stack: "embedded";
  /** Names of variables that were given and mean nothing here. */
  readonly ignored: readonly string[];
  /** Names of secrets that were made up at this start: what they signed ends with the process. */
  readonly madeUp: readonly string[];
}

/** The parsed settings; `stack` tells which world they are for. */
export type OnsaleConfig = ServersConfig | EmbeddedConfig;

function groupServers(env: Environment, urls: { mysqlUrl: string; redisUrl: string }) {
  return {
    stack: "servers",
    mysql: {
      url: urls.mysqlUrl,
      poolMax: env.MYSQL_POOL_MAX,
      downAfterMs: env.MYSQL_DOWN_AFTER_MS,
    },
    redis: {
      url: urls.redisUrl,
      keyPrefix: env.REDIS_KEY_PREFIX,
      commandTimeoutMs: env.REDIS_COMMAND_TIMEOUT_MS,
    },
    kafka: {
      brokers: env.KAFKA_BROKERS,
      topicPrefix: env.KAFKA_TOPIC_PREFIX,
      idempotent: env.KAFKA_IDEMPOTENT,
    },
  } as const;
}

function groupCommon(env: Environment) {
  return {
    http: {
      host: env.HOST,
      port: env.PORT,
      trustProxy: env.TRUST_PROXY,
      inFlightMax: env.IN_FLIGHT_MAX,
      openRequestsUserMax: env.OPEN_REQUESTS_USER_MAX,
      openRequestsAddressMax: env.OPEN_REQUESTS_ADDRESS_MAX,
      connectionsMax: env.CONNECTIONS_MAX,
      requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
      bodyTimeoutMs: env.BODY_TIMEOUT_MS,
      shutdownMs: env.SHUTDOWN_MS,
      userPerSecond: env.RATE_LIMIT_USER_PER_SECOND,
      addressPerSecond: env.RATE_LIMIT_ADDRESS_PER_SECOND,
    },
    auth: {
      mode: env.AUTH_MODE,
      jwtSecret: env.AUTH_JWT_SECRET,
      jwksUrl: env.AUTH_JWKS_URL,
      issuer: env.AUTH_ISSUER,
      devIssuer: env.DEV_ISSUER,
    },
    logLevel: env.LOG_LEVEL,
    /** What a process does that is not told otherwise. */
    role: env.ROLE,
    core: {
      queueTokenKeys: env.QUEUE_TOKEN_KEYS,
      hold: {
        ttlMs: env.HOLD_TTL_MS,
        sweepMs: env.HOLD_SWEEP_MS,
        seatsMax: env.SEATS_PER_RESERVATION_MAX,
        buyerSeatsMax: env.SEATS_PER_BUYER_MAX,
      },
      seatLock: { strategy: env.SEAT_LOCK, ttlMs: env.SEAT_LOCK_TTL_MS },
      queue: {
        activeCountMax: env.QUEUE_ACTIVE_COUNT_MAX,
        admissionRatePerMinute: env.QUEUE_ADMISSION_RATE_PER_MINUTE,
        activeTtlMs: env.QUEUE_ACTIVE_TTL_MS,
        activationMs: env.QUEUE_ACTIVATION_MS,
        promoteMs: env.QUEUE_PROMOTE_MS,
        pollAfterMinMs: env.POLL_AFTER_MIN_MS,
        pollAfterMaxMs: env.POLL_AFTER_MAX_MS,
      },
      outbox: {
        buckets: env.OUTBOX_BUCKETS,
        pollMs: env.OUTBOX_POLL_MS,
        leaseMs: env.OUTBOX_LEASE_MS,
        attemptsMax: env.OUTBOX_ATTEMPTS_MAX,
        topicPrefix: env.KAFKA_TOPIC_PREFIX,
      },
      webhook: {
        url: env.WEBHOOK_URL,
        format: env.WEBHOOK_FORMAT,
        timeoutMs: env.WEBHOOK_TIMEOUT_MS,
      },
      retentionMs: env.RETENTION_MS,
    },
  } as const;
}

/** The part of the settings that workflows see. */
export type CoreConfig = OnsaleConfig["core"];

/**
 * Reads and checks the environment; a blank variable counts as one that is not set. With
 * `STACK=embedded` the secrets that are missing are made up, other ones at each call, so a process
 * calls this once and hands the answer around.
 * @param env defaults to the process's own
 * @throws ConfigError naming every variable that is missing or wrong, never its value
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): OnsaleConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  return given.STACK === "embedded" ? readEmbedded(given) : readServers(given);
}

/**
 * `readConfig` for what works on servers only, such as migrations.
 * @throws ConfigError also with `STACK=embedded`, which has no servers
 */
export function readServersConfig(env: NodeJS.ProcessEnv = process.env): ServersConfig {
  const config = readConfig(env);
  if (config.stack === "servers") return config;
  throw new ConfigError(["STACK: embedded has no servers, and this works on them"]);
}

function readServers(given: NodeJS.ProcessEnv): ServersConfig {
  const env = parsed(given, missingServers(given));
  const { MYSQL_URL: mysqlUrl, REDIS_URL: redisUrl } = env;
  assert(mysqlUrl !== undefined && redisUrl !== undefined);
  return { ...groupCommon(env), ...groupServers(env, { mysqlUrl, redisUrl }) };
}

function readEmbedded(given: NodeJS.ProcessEnv): EmbeddedConfig {
  const { ignored, madeUp, env: completed } = embeddedEnvironment(given);
  const env = parsed(completed, foreignRole(given));
  return { ...groupCommon(env), stack: "embedded", ignored, madeUp: Object.keys(madeUp) };
}

function parsed(given: NodeJS.ProcessEnv, stackProblems: readonly string[]): Environment {
  const result = environmentSchema.safeParse(given);
  const others = result.success
    ? [...missingSecrets(result.data), ...contradictions(result.data)]
    : result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const problems = [...stackProblems, ...others];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

function missingServers(given: NodeJS.ProcessEnv): string[] {
  return (["MYSQL_URL", "REDIS_URL"] as const)
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: missing; ${NO_SERVERS}`);
}

const NO_SERVERS = "name a server, or say STACK=embedded to do without any";

function foreignRole({ ROLE = "all" }: NodeJS.ProcessEnv): string[] {
  return ROLE === "all" ? [] : [`ROLE: ${EMBEDDED_ROLE}`];
}

/** Only what can never be meant: settings that are unwise together are the operator's choice. */
function contradictions(env: Environment): string[] {
  const problems: string[] = [];
  if (env.POLL_AFTER_MIN_MS > env.POLL_AFTER_MAX_MS) {
    problems.push(
      "POLL_AFTER_MIN_MS: the shortest pause is longer than the longest, POLL_AFTER_MAX_MS",
    );
  }
  if (env.SEATS_PER_BUYER_MAX < env.SEATS_PER_RESERVATION_MAX) {
    problems.push(
      "SEATS_PER_BUYER_MAX: smaller than SEATS_PER_RESERVATION_MAX, so the largest reservation " +
        "could never be made; raise the first or lower the second",
    );
  }
  return problems;
}

function missingSecrets(env: Environment): string[] {
  const problems: string[] = [];
  if (env.QUEUE_TOKEN_KEYS.length === 0) {
    problems.push("QUEUE_TOKEN_KEYS: missing; give kid:secret, the secret of 32+ characters");
  }
  if (env.AUTH_MODE === "jwt" && !env.AUTH_JWT_SECRET && !env.AUTH_JWKS_URL) {
    problems.push("AUTH_JWT_SECRET or AUTH_JWKS_URL: one is needed with AUTH_MODE=jwt");
  }
  if (env.DEV_ISSUER && !env.AUTH_JWT_SECRET) {
    problems.push("AUTH_JWT_SECRET: DEV_ISSUER=true signs with it");
  }
  return problems;
}
