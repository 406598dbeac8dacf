import { listSettings } from "./listSettings.ts";
import { fileVariables } from "./settingFiles.ts";

/*
 * Variables that are not settings
 *
 * Problem: a process ignores a variable that it does not know, so a setting under a former or a
 * misspelled name has no effect, and the process runs with the default.
 *
 * A process does not start with a former name, because the operator relied on the setting. It
 * starts when the present name is set too: processes of both versions can then share an environment
 * during an upgrade.
 *
 * For a name that is similar to a setting's, the process logs a warning and starts, because the
 * environment also has variables of other programs and of the platform: Kubernetes adds REDIS_PORT
 * to each container when there is a service "redis".
 */

/** Former names of settings, with the present names. */
const RENAMED: Readonly<Record<string, string>> = {
  QUEUE_CLAIM_MS: "QUEUE_ACTIVATION_MS",
};

/**
 * Names in other programs for settings that protect a connection, with the names here. Without a
 * warning, a process with such a variable would use plain text without a word.
 */
const CALLED_ELSEWHERE: Readonly<Record<string, string>> = {
  ...{ MYSQL_SSL: "MYSQL_TLS", MYSQL_SSL_MODE: "MYSQL_TLS", MYSQL_SSL_CA: "MYSQL_TLS_CA" },
  ...{ MYSQL_USE_SSL: "MYSQL_TLS", MYSQL_USE_TLS: "MYSQL_TLS", MYSQL_URL_FILE: "MYSQL_URL" },
  ...{ REDIS_SSL: "REDIS_TLS", REDIS_SSL_CA: "REDIS_TLS_CA", REDIS_USE_SSL: "REDIS_TLS" },
  ...{ REDIS_USE_TLS: "REDIS_TLS", REDIS_TLS_ENABLED: "REDIS_TLS", REDIS_URL_FILE: "REDIS_URL" },
  ...{ KAFKA_SSL: "KAFKA_TLS", KAFKA_SECURITY_PROTOCOL: "KAFKA_TLS", KAFKA_USE_TLS: "KAFKA_TLS" },
  ...{ KAFKA_SSL_CA: "KAFKA_TLS_CA", KAFKA_SASL_USER: "KAFKA_SASL_USERNAME" },
};

/** Shorter names get no warning: HOST and HOME, for example, belong to other programs. */
const NAME_LENGTH_MIN = 8;

/**
 * Number of characters of a name for which one mistake is accepted as a misspelling. The whole name
 * may have `MISTAKES_MAX` mistakes.
 */
const CHARACTERS_FOR_ONE_MISTAKE = 6;
const MISTAKES_MAX = 2;

/** A variable that is not a setting, and the setting with a similar name or meaning. */
export interface MisspelledVariable {
  readonly name: string;
  readonly setting: string;
}

/**
 * Finds former names of settings.
 * @returns one line for each, for a ConfigError
 */
export function formerNames(given: NodeJS.ProcessEnv): string[] {
  return Object.entries(RENAMED)
    .filter(([former, present]) => given[former] !== undefined && given[present] === undefined)
    .map(([former, present]) => `${former}: the setting is called ${present} now; rename it`);
}

/**
 * Finds variables whose names are similar to names of settings, or known from other programs. Does
 * not read their values.
 */
export function misspelledVariables(
  env: NodeJS.ProcessEnv = process.env,
): readonly MisspelledVariable[] {
  const settings = listSettings().map(({ variable }) => variable);
  const known = new Set([...settings, ...fileVariables().keys(), ...Object.keys(RENAMED)]);
  const unset = settings.filter((setting) => env[setting] === undefined);
  return Object.keys(env)
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const upper = name.toUpperCase();
      const elsewhere = CALLED_ELSEWHERE[upper];
      const isCandidate = (candidate: string): boolean =>
        elsewhere === undefined ? isNearly(upper, candidate) : elsewhere === candidate;
      const setting = unset.find(isCandidate);
      return setting === undefined ? [] : [{ name, setting }];
    });
}

function isNearly(name: string, setting: string): boolean {
  if (name === setting) return true;
  if (setting.length < NAME_LENGTH_MIN) return false;
  const mistakesMax = Math.min(
    MISTAKES_MAX,
    Math.floor(setting.length / CHARACTERS_FOR_ONE_MISTAKE),
  );
  if (Math.abs(name.length - setting.length) > mistakesMax) return false;
  return distance(name, setting) <= mistakesMax;
}

/** The Levenshtein distance: insertions, deletions and replacements from one text to the other. */
function distance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_unused, index) => index);
  for (const [row, character] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (above[column] ?? 0) + (character === other ? 0 : 1);
      const removed = (above[column + 1] ?? 0) + 1;
      const inserted = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, removed, inserted));
    }
    above = current;
  }
  return above[to.length] ?? 0;
}
