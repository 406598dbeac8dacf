import { z } from "zod";
import { EMBEDDED_ROLE, embeddedEnvironment } from "./embeddedEnvironment.ts";
import { factsOf, listSettings } from "./listSettings.ts";
import { formerNames } from "./otherVariables.ts";
import {
  type KafkaConfig,
  type MysqlConfig,
  type RedisConfig,
  serverConfigOf,
} from "./serverConfig.ts";
import { withFileTexts } from "./settingFiles.ts";
import { type Settings, settingsSchema } from "./settings.ts";

/**
 * The environment is invalid. The message has one line for each missing or wrong setting, and never
 * shows a value.
 */
export class ConfigError extends Error {
  readonly code = "CONFIG_INVALID";
  /** One line for each problem: "VARIABLE: rule". */
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

type ReadonlyDeep<T> = T extends object ? { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> } : T;

/** The settings that every stack has, in groups. Durations are milliseconds. */
export type CommonConfig = ReadonlyDeep<Omit<Settings, "stack" | "mysql" | "redis" | "kafka">>;

/** Settings of a process on MySQL, Redis and Kafka. The URLs contain the passwords. */
export interface ServersConfig extends CommonConfig {
  readonly stack: "servers";
  readonly mysql: MysqlConfig;
  readonly redis: RedisConfig;
  readonly kafka: KafkaConfig;
}

/**
 * Settings of a process that needs no server. The data of such a process is in memory and is lost
 * when the process ends.
 */
export interface EmbeddedConfig extends CommonConfig {
  readonly stack: "embedded";
  /** Names of variables that were given and have no effect with this stack. */
  readonly ignored: readonly string[];
  /**
   * Names of the secrets that this start generated. Tokens signed with them are invalid after a
   * restart.
   */
  readonly generated: readonly string[];
}

/** The parsed settings. `stack` distinguishes the two kinds. */
export type OnsaleConfig = ServersConfig | EmbeddedConfig;

/** The settings of traces. */
export type TracingConfig = OnsaleConfig["tracing"];

/** The part of the settings that workflows see. */
export type CoreConfig = OnsaleConfig["core"];

/**
 * Reads and checks the environment. A blank variable counts as not set. Blanks around a value do
 * not count, because a file or a shell easily adds them. With `STACK=embedded`, each call generates
 * new values for the missing secrets, so a process must call this function once and pass the result
 * on.
 * @param env defaults to the environment of the process
 * @throws ConfigError with the name, never the value, of every variable that is missing, wrong or
 *   called by its former name
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): OnsaleConfig {
  const { env: given, problems } = withFileTexts(givenIn(env));
  const read = given.STACK === "embedded" ? readEmbedded : readServers;
  return read(given, problems);
}

/** The variables without blanks around their values. A blank variable counts as not given. */
function givenIn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value));
}

/**
 * The environment with the texts of the files that its variables name, for a command that needs
 * single settings.
 * @throws ConfigError for a file without a text
 */
export function withSettingFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { env: complete, problems } = withFileTexts(givenIn(env));
  if (problems.length > 0) throw new ConfigError(problems);
  return complete;
}

/**
 * `readConfig` for commands that need servers, such as migrations.
 * @throws ConfigError also with `STACK=embedded`, which has no servers
 */
export function readServersConfig(env: NodeJS.ProcessEnv = process.env): ServersConfig {
  const config = readConfig(env);
  if (config.stack === "servers") return config;
  throw new ConfigError([
    "STACK: embedded has no servers, and this command needs them; set STACK=servers",
  ]);
}

function readServers(given: NodeJS.ProcessEnv, fileProblems: readonly string[]): ServersConfig {
  const found = [...fileProblems, ...formerNames(given)];
  const { mysql, redis, kafka, ...settings } = parsed(
    settingsSchema,
    given,
    found,
    (all) => serverConfigOf(all, all.core.outbox.topicPrefix).problems,
  );
  const { servers } = serverConfigOf({ mysql, redis, kafka }, settings.core.outbox.topicPrefix);
  return { ...settings, ...servers, stack: "servers" };
}

/**
 * The settings of servers are checked with every stack, because a wrong value is always a mistake.
 */
const embeddedSchema = settingsSchema.extend({
  mysql: settingsSchema.shape.mysql.partial({ url: true }),
  redis: settingsSchema.shape.redis.partial({ url: true }),
});

function readEmbedded(given: NodeJS.ProcessEnv, fileProblems: readonly string[]): EmbeddedConfig {
  const { ignored, generated, env } = embeddedEnvironment(given);
  const found = [...fileProblems, ...formerNames(given), ...foreignRole(given)];
  const settings = parsed(embeddedSchema, env, found);
  const { mysql: _mysql, redis: _redis, kafka: _kafka, ...common } = settings;
  return { ...common, stack: "embedded", ignored, generated: Object.keys(generated) };
}

function parsed<Parsed extends CommonConfig>(
  schema: z.ZodType<Parsed>,
  given: NodeJS.ProcessEnv,
  otherProblems: readonly string[],
  moreProblems: (settings: Parsed) => readonly string[] = () => [],
): Parsed {
  const result = schema.safeParse(inputOf(settingsSchema, given));
  const found = result.success
    ? [...missingSecrets(result.data), ...contradictions(result.data), ...moreProblems(result.data)]
    : result.error.issues.map(({ path, message }) => `${variableAt(path)}: ${message}`);
  const problems = [...otherProblems, ...found];
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

/** Puts each given variable at the path of its setting. */
function inputOf(group: z.ZodObject, given: NodeJS.ProcessEnv): Record<string, unknown> {
  const entries = Object.entries(group.shape).map(([key, part]) => {
    const value =
      part instanceof z.ZodObject ? inputOf(part, given) : given[factsOf(part).variable];
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}

function variableAt(path: readonly PropertyKey[]): string {
  const found = listSettings().find((setting) => setting.path === path.join("."));
  return found?.variable ?? path.join(".");
}

function foreignRole({ ROLE = "all" }: NodeJS.ProcessEnv): string[] {
  return ROLE === "all" ? [] : [`ROLE: ${EMBEDDED_ROLE}`];
}

/** The addresses that only programs on the same machine reach. */
const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|localhost)$/;

/** Finds settings that contradict each other. A combination that is only unwise is allowed. */
function contradictions({ core, auth, admin, metrics, http }: CommonConfig): string[] {
  const problems: string[] = [];
  if (admin.jwtSecret !== undefined && admin.jwtSecret === auth.jwtSecret) {
    problems.push(
      "ADMIN_JWT_SECRET: the same as AUTH_JWT_SECRET; admin tokens need a secret of their own",
    );
  }
  if (admin.port !== undefined && admin.jwtSecret === undefined) {
    problems.push("ADMIN_JWT_SECRET: missing; ADMIN_PORT serves endpoints that need admin tokens");
  }
  if (admin.port !== undefined && admin.port !== 0 && admin.port === http.port) {
    problems.push("ADMIN_PORT: the same as PORT; leave it out to serve both on one port");
  }
  if (metrics.port !== undefined && metrics.port !== 0) {
    if (metrics.port === http.port) problems.push("METRICS_PORT: the same as PORT; leave it out");
    if (metrics.port === admin.port) problems.push("METRICS_PORT: the same as ADMIN_PORT");
  }
  if (auth.mode === "trusted" && !auth.trustedNetwork && !LOOPBACK.test(http.host)) {
    problems.push(
      "AUTH_TRUSTED_NETWORK: missing; with AUTH_MODE=trusted, all who reach HOST can act for " +
        "every user. Listen on 127.0.0.1, or set it to true when only the gateway reaches HOST",
    );
  }
  problems.push(...issuerContradictions(auth));
  if (core.queue.pollAfterMinMs > core.queue.pollAfterMaxMs) {
    problems.push(
      "POLL_AFTER_MIN_MS: the shortest pause is longer than the longest, POLL_AFTER_MAX_MS",
    );
  }
  if (core.hold.buyerSeatsMax < core.hold.seatsMax) {
    problems.push(
      "SEATS_PER_BUYER_MAX: smaller than SEATS_PER_RESERVATION_MAX, so the largest reservation " +
        "could never be made; raise the first or lower the second",
    );
  }
  return problems;
}

/**
 * An issuer of a key set signs tokens for many applications and with many purposes. Without a
 * required issuer and audience, this API would accept all of them.
 */
function issuerContradictions({
  mode,
  jwksUrl,
  oidcIssuer,
  issuer,
  audience,
}: CommonConfig["auth"]) {
  if (mode === "trusted" || (jwksUrl === undefined && oidcIssuer === undefined)) return [];
  const problems: string[] = [];
  if (audience.length === 0) {
    problems.push(
      "AUTH_AUDIENCE: missing; without it, tokens that the issuer signed for other applications " +
        "would be accepted. Give the audience that the issuer writes into tokens for this API",
    );
  }
  if (oidcIssuer === undefined && issuer === undefined) {
    problems.push("AUTH_ISSUER: missing; AUTH_JWKS_URL needs the `iss` of the issuer's tokens");
  }
  if (oidcIssuer !== undefined && jwksUrl !== undefined) {
    problems.push(
      "AUTH_JWKS_URL: leave it out; the discovery document of AUTH_OIDC_ISSUER names the key set",
    );
  }
  if (oidcIssuer !== undefined && issuer !== undefined && issuer !== oidcIssuer) {
    problems.push("AUTH_ISSUER: another one than AUTH_OIDC_ISSUER; leave it out");
  }
  return problems;
}

function missingSecrets({ auth, core }: CommonConfig): string[] {
  const problems: string[] = [];
  if (core.queueTokenKeys.length === 0) {
    problems.push(
      "QUEUE_TOKEN_KEYS: missing; give kid:secret, the secret of 32 or more characters",
    );
  }
  if (auth.mode === "jwt" && !auth.jwtSecret && !auth.jwksUrl && !auth.oidcIssuer) {
    problems.push(
      "AUTH_JWT_SECRET, AUTH_JWKS_URL or AUTH_OIDC_ISSUER: AUTH_MODE=jwt needs one of them",
    );
  }
  if (auth.devIssuer && !auth.jwtSecret) {
    problems.push("AUTH_JWT_SECRET: missing; DEV_ISSUER=true signs access tokens with it");
  }
  return problems;
}
