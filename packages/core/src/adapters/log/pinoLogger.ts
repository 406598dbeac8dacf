import pino from "pino";
import type { Logger, Metrics } from "../../ports/observability.ts";
import { SECRET_WORDS } from "../../shared/maskSecrets.ts";

/** Names of fields that can hold a credential. The logger does not write their values. */
const SECRET_FIELDS = [...SECRET_WORDS, "url"];

/**
 * Writes JSON lines to standard error, because standard output is for data.
 * @param level with "silent", the logger writes nothing
 */
export function createLogger(
  level: "debug" | "info" | "warn" | "error" | "silent",
  fields: Readonly<Record<string, unknown>> = {},
): Logger {
  const logger = pino(
    {
      level,
      base: { pid: process.pid, ...fields },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
    },
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );
  return {
    debug: (record, message) => logger.debug(record, message),
    info: (record, message) => logger.info(record, message),
    warn: (record, message) => logger.warn(record, message),
    error: (record, message) => logger.error(record, message),
  };
}

/** Discards all measurements. */
export const silentMetrics: Metrics = { count() {}, gauge() {}, observe() {} };
