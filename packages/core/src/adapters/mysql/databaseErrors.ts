import { CoreError } from "../../shared/errors.ts";
import { StatementError } from "../../shared/statementError.ts";
import type { FailureKind } from "../shared/failureKind.ts";

/** Error numbers of MySQL and MariaDB (both manuals, "Server Error Message Reference"). */
const KIND_BY_ERRNO: ReadonlyMap<number, FailureKind> = new Map([
  [1213, "restart"], // ER_LOCK_DEADLOCK; on Galera a first-committer conflict, at any statement
  [1205, "lock-wait"], // ER_LOCK_WAIT_TIMEOUT
  [1020, "restart"], // ER_CHECKREAD: the row changed since it was read
  [1062, "duplicate"], // ER_DUP_ENTRY
  [3572, "locked"], // ER_LOCK_NOWAIT (MySQL; MariaDB says 1205)
  [1040, "connection"], // ER_CON_COUNT_ERROR
  [1047, "connection"], // ER_UNKNOWN_COM_ERROR: a Galera node that is not ready
  [1053, "connection"], // ER_SERVER_SHUTDOWN
  [1927, "connection"], // ER_CONNECTION_KILLED (MariaDB)
  [3169, "connection"], // ER_SESSION_WAS_KILLED (MySQL)
  [1290, "connection"], // ER_OPTION_PREVENTS_STATEMENT: the server is read-only now
]);

const LOST_CODES: ReadonlySet<string> = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "ECONNRESET",
  "ECONNREFUSED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "ESOCKET",
]);

/** Classifies an error of the driver, which Sequelize wraps in its own error. */
export function failureKind(error: unknown): FailureKind {
  for (const layer of layersOf(error)) {
    const errno = "errno" in layer ? layer.errno : undefined;
    const kind = typeof errno === "number" ? KIND_BY_ERRNO.get(errno) : undefined;
    if (kind) return kind;
    if ("code" in layer && typeof layer.code === "string" && LOST_CODES.has(layer.code)) {
      return "connection";
    }
    // mysql2 marks errors that end the connection; "closed state" errors have only this mark.
    if ("fatal" in layer && layer.fatal === true) return "connection";
    if (layer.name === "SequelizeConnectionAcquireTimeoutError") return "busy";
    if (layer.name.startsWith("SequelizeConnection")) return "connection";
    if (/closed state|connection .*closed/i.test(layer.message)) return "connection";
  }
  return "other";
}

function* layersOf(error: unknown): Generator<Error> {
  let layer = error;
  // Follows at most five layers: Sequelize wraps once, and core wraps twice, so no real chain is
  // longer.
  for (let depth = 0; depth < 5 && layer instanceof Error; depth += 1) {
    yield layer;
    layer = "original" in layer && layer.original ? layer.original : layer.cause;
  }
}

/**
 * Errors whose text quotes a sent or stored value, or the statement with its values. Their text is
 * left out, because a value can be personal data.
 */
const ERRNOS_WITH_VALUES: ReadonlySet<number> = new Set([
  1062, // ER_DUP_ENTRY
  1064, // ER_PARSE_ERROR
  1264, // ER_WARN_DATA_OUT_OF_RANGE
  1265, // WARN_DATA_TRUNCATED
  1292, // ER_TRUNCATED_WRONG_VALUE
  1366, // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  1411, // ER_WRONG_VALUE_FOR_TYPE
]);

/**
 * Wraps the driver's error in an error that names the statement. Core's errors stay as they are.
 */
export function statementFailure(statement: string, error: unknown): unknown {
  if (error instanceof CoreError || !(error instanceof Error)) return error;
  const driver = "original" in error && error.original instanceof Error ? error.original : error;
  const code = "code" in driver && typeof driver.code === "string" ? driver.code : driver.name;
  const errno = "errno" in driver && typeof driver.errno === "number" ? driver.errno : undefined;
  const name = errno === undefined ? code : `${code} (${errno})`;
  const hasValues = errno !== undefined && ERRNOS_WITH_VALUES.has(errno);
  const reason = hasValues ? name : `${name}: ${driver.message}`;
  return new StatementError(statement, reason, { cause: error });
}
