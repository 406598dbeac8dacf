import type { Migration } from "./migration.ts";

/** The character set and the collation of all texts that people write. */
const TEXT = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";

/** The columns with such texts, as their definitions without the character set. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, readonly [string, string]>>>> = {
  users: { name: ["VARCHAR(100)", "NOT NULL"] },
  concerts: { title: ["VARCHAR(200)", "NOT NULL"], singer: ["VARCHAR(200)", "NOT NULL"] },
  performances: { venue: ["VARCHAR(200)", "NOT NULL"] },
  seats: { seat_no: ["VARCHAR(32)", "NOT NULL"], section: ["VARCHAR(64)", "NOT NULL"] },
  idempotency_records: { answer: ["MEDIUMTEXT", "NULL"] },
  outbox_messages: { payload: ["MEDIUMTEXT", "NOT NULL"], last_error: ["VARCHAR(500)", "NULL"] },
  notifications: { body: ["MEDIUMTEXT", "NOT NULL"], last_error: ["VARCHAR(500)", "NULL"] },
  operation_jobs: {
    input: ["MEDIUMTEXT", "NOT NULL"],
    plan: ["MEDIUMTEXT", "NOT NULL"],
    checkpoint: ["MEDIUMTEXT", "NULL"],
    outcome: ["MEDIUMTEXT", "NULL"],
    stop_requested_by: ["VARCHAR(100)", "NULL"],
  },
  ops_audit: {
    operator: ["VARCHAR(100)", "NOT NULL"],
    host: ["VARCHAR(255)", "NOT NULL"],
    command: ["MEDIUMTEXT", "NOT NULL"],
    reason: ["MEDIUMTEXT", "NULL"],
    state_before: ["MEDIUMTEXT", "NOT NULL"],
    state_after: ["MEDIUMTEXT", "NULL"],
  },
  workers: { process_name: ["VARCHAR(255)", "NOT NULL"], loops: ["MEDIUMTEXT", "NOT NULL"] },
  invariant_checks: { report: ["MEDIUMTEXT", "NOT NULL"] },
};

/**
 * Earlier migrations took the character set of the database. In a database with latin1, a Korean
 * name was an error, and two databases compared texts differently. A table that has this character
 * set already is not rebuilt.
 */
export const textsOfAllLanguages: Migration = {
  name: "0029-textsOfAllLanguages",
  statements: Object.entries(COLUMNS).map(([table, columns]) => {
    const changes = Object.entries(columns).map(
      ([name, [type, nullability]]) => `MODIFY ${name} ${type} ${TEXT} ${nullability}`,
    );
    return `ALTER TABLE ${table} DEFAULT ${TEXT}, ${changes.join(", ")}`;
  }),
};
