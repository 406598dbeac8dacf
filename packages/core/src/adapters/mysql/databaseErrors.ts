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
  [1836, "connection"], // ER_READ_ONLY_MODE
  [3032, "connection"], // ER_SERVER_OFFLINE_MODE
  [1317, "connection"], // ER_QUERY_INTERRUPTED: KILL QUERY, which may also reach a COMMIT
  [1203, "connection"], // ER_TOO_MANY_USER_CONNECTIONS
  [1226, "connection"], // ER_USER_LIMIT_REACHED
  [1129, "connection"], // ER_HOST_IS_BLOCKED
  [1135, "connection"], // ER_CANT_CREATE_THREAD
  [1969, "refused"], // ER_STATEMENT_TIMEOUT (MariaDB)
  [3024, "refused"], // ER_QUERY_TIMEOUT (MySQL)
  [1021, "refused"], // ER_DISK_FULL
  [1037, "refused"], // ER_OUTOFMEMORY
  [1038, "refused"], // ER_OUT_OF_SORTMEMORY
  [1041, "refused"], // ER_OUT_OF_RESOURCES
  [1114, "refused"], // ER_RECORD_FILE_FULL: the table is full
  [1206, "refused"], // ER_LOCK_TABLE_FULL
  [1030, "refused"], // ER_GET_ERRNO: an error of the storage engine
  [1034, "refused"], // ER_NOT_KEYFILE: the table is damaged
  [1044, "refused"], // ER_DBACCESS_DENIED_ERROR
  [1045, "refused"], // ER_ACCESS_DENIED_ERROR
  [1049, "refused"], // ER_BAD_DB_ERROR: the database does not exist
  [1130, "refused"], // ER_HOST_NOT_PRIVILEGED
  [1142, "refused"], // ER_TABLEACCESS_DENIED_ERROR
  [1143, "refused"], // ER_COLUMNACCESS_DENIED_ERROR
  [1146, "refused"], // ER_NO_SUCH_TABLE: the schema is missing
  [1227, "refused"], // ER_SPECIFIC_ACCESS_DENIED_ERROR
  [1820, "refused"], // ER_MUST_CHANGE_PASSWORD
  [1862, "refused"], // ER_MUST_CHANGE_PASSWORD_LOGIN
]);

/** Refusals of one statement that say nothing about the next one. */
const ERRNOS_OF_ONE_STATEMENT: ReadonlySet<number> = new Set([1969, 3024]);

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

/**
 * Returns why the server refuses work, when it will refuse the next statement too; undefined for
 * other errors.
 */
export function lastingRefusal(error: unknown): string | undefined {
  for (const layer of layersOf(error)) {
    const errno = "errno" in layer && typeof layer.errno === "number" ? layer.errno : 0;
    if (KIND_BY_ERRNO.get(errno) !== "refused" || ERRNOS_OF_ONE_STATEMENT.has(errno)) continue;
    return layer.message;
  }
  return undefined;
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
