import { tlsOfMysqlUrl, withoutParameters } from "./mysqlUrl.ts";
import { readRedisUrl, tlsOfRedisUrl } from "./redisUrl.ts";
import type { SASL_MECHANISMS } from "./serverSettings.ts";
import type { Settings } from "./settings.ts";
import { TLS_MODES, type TlsConfig, type TlsMode, tlsOf } from "./tlsSettings.ts";

/** How to reach MySQL. The URL contains the password and has no parameters. */
export interface MysqlConfig {
  readonly url: string;
  /** Undefined: plain text. */
  readonly tls?: TlsConfig | undefined;
  readonly poolMax: number;
  readonly downAfterMs: number;
}

/** How to reach Redis, or the sentinels that name it. The URL contains the password of Redis. */
export interface RedisConfig {
  readonly url: string;
  /** Undefined: plain text. */
  readonly tls?: TlsConfig | undefined;
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
  readonly keyPrefix: string;
  readonly commandTimeoutMs: number;
}

export interface KafkaConfig {
  readonly brokers: readonly string[];
  readonly idempotent: boolean;
  /** Undefined: plain text. */
  readonly tls?: TlsConfig | undefined;
  /** Undefined: the client does not say who it is. */
  readonly sasl?: KafkaLogin | undefined;
  readonly topicPrefix: string;
}

export interface KafkaLogin {
  readonly mechanism: (typeof SASL_MECHANISMS)[number];
  readonly username: string;
  readonly password: string;
}

type Servers = Pick<Settings, "mysql" | "redis" | "kafka">;

/** How to reach the three servers, and one line for each contradiction of their settings. */
export function serverConfigOf(
  { mysql, redis, kafka }: Servers,
  topicPrefix: string,
): {
  readonly servers: { mysql: MysqlConfig; redis: RedisConfig; kafka: KafkaConfig };
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const keep = <T>(part: { readonly value: T; readonly problems: readonly string[] }): T => {
    problems.push(...part.problems);
    return part.value;
  };
  const servers = {
    mysql: keep(mysqlConfigOf(mysql)),
    redis: keep(redisConfigOf(redis)),
    kafka: keep(kafkaConfigOf(kafka, topicPrefix)),
  };
  return { servers, problems };
}

interface Part<T> {
  readonly value: T;
  readonly problems: readonly string[];
}

function mysqlConfigOf({ password, url, tls: input, ...others }: Servers["mysql"]) {
  const ofUrl = tlsOfMysqlUrl(url);
  const { tls, problems } = tlsOf("MYSQL", input, ofUrl.mode);
  const value: MysqlConfig = {
    ...others,
    url: withPassword(withoutParameters(url), password),
    ...(tls && { tls }),
  };
  const ofAddress = ofUrl.problems.map((problem) => `MYSQL_URL: ${problem}`);
  const all = [...ofAddress, ...weakened(input.mode, ofUrl.mode), ...problems];
  return { value, problems: all } satisfies Part<MysqlConfig>;
}

/** A URL that asks for a check must not lose it by another variable. */
function weakened(ofSetting: TlsMode | undefined, ofUrl: TlsMode | undefined): string[] {
  if (ofSetting === undefined || ofUrl === undefined || ofSetting === "off") return [];
  if (TLS_MODES.indexOf(ofSetting) >= TLS_MODES.indexOf(ofUrl)) return [];
  return [`MYSQL_TLS: checks less than MYSQL_URL, which asks for ${ofUrl}`];
}

function redisConfigOf({ password, url, tls: input, ...others }: Servers["redis"]) {
  const address = readRedisUrl(url);
  const ofUrl = "problem" in address ? undefined : tlsOfRedisUrl(address);
  const isSentinel = !("problem" in address) && address.masterName !== undefined;
  const { tls, problems } = tlsOf("REDIS", input, ofUrl);
  const { sentinelUsername, sentinelPassword, ...rest } = others;
  const forSentinels = { sentinelUsername, sentinelPassword };
  const useless = isSentinel
    ? []
    : [
        ...(sentinelUsername === undefined ? [] : ["REDIS_SENTINEL_USERNAME"]),
        ...(sentinelPassword === undefined ? [] : ["REDIS_SENTINEL_PASSWORD"]),
      ].map((name) => `${name}: has no effect, because REDIS_URL names no sentinel`);
  const value: RedisConfig = {
    ...rest,
    url: withPassword(url, password),
    ...(tls && { tls }),
    ...(isSentinel ? forSentinels : {}),
  };
  return { value, problems: [...problems, ...useless] } satisfies Part<RedisConfig>;
}

function kafkaConfigOf(kafka: Servers["kafka"], topicPrefix: string) {
  const { brokers, idempotent, saslMechanism, saslUsername, saslPassword } = kafka;
  const { tls, problems } = tlsOf("KAFKA", kafka.tls, undefined);
  const login = { KAFKA_SASL_USERNAME: saslUsername, KAFKA_SASL_PASSWORD: saslPassword };
  const names = Object.entries(login);
  const missing = names.filter(([, text]) => text === undefined).map(([name]) => name);
  const given = names.filter(([, text]) => text !== undefined).map(([name]) => name);
  const loginProblems =
    saslMechanism === undefined
      ? given.map((name) => `${name}: has no effect without KAFKA_SASL_MECHANISM`)
      : missing.map((name) => `${name}: missing; KAFKA_SASL_MECHANISM needs it`);
  const sasl =
    saslMechanism && saslUsername !== undefined && saslPassword !== undefined
      ? { mechanism: saslMechanism, username: saslUsername, password: saslPassword }
      : undefined;
  const value: KafkaConfig = {
    ...{ brokers, idempotent, topicPrefix },
    ...(tls && { tls }),
    ...(sasl && { sasl }),
  };
  return { value, problems: [...problems, ...loginProblems] } satisfies Part<KafkaConfig>;
}

/** Scheme, user, and the rest of a URL, which may name several hosts. */
const URL_PARTS = /^([a-z+-]+:\/\/)(?:(.*)@)?([^@]*)$/is;

/** Puts the password into the URL. A password in the URL has priority. */
function withPassword(url: string, password: string | undefined): string {
  const [, scheme, user = "", rest] = URL_PARTS.exec(url) ?? [];
  const hasPassword = /:./.test(user);
  if (password === undefined || hasPassword || scheme === undefined) return url;
  return `${scheme}${user.replace(/:$/, "")}:${encodeURIComponent(password)}@${rest}`;
}
