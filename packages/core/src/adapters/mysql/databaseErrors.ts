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
  // Follows at most four causes: Sequelize wraps once and core wraps once, so no real chain is
  // longer.
  for (let depth = 0; depth < 4 && layer instanceof Error; depth += 1) {
    yield layer;
    layer = "original" in layer && layer.original ? layer.original : layer.cause;
  }
}
