import type { DatabaseLoadReader } from "../../ports/databaseLoad.ts";
import type { Database } from "../sql/database.ts";
import { query, sql } from "../sql/statement.ts";

interface Counter {
  readonly name: string;
  readonly value: string;
}

const present = (row: { text(column: string): string }): Counter => ({
  name: row.text("Variable_name"),
  value: row.text("Value"),
});

/** Innodb_deadlocks exists in MariaDB only. */
const STATUS = query(
  sql(
    "databaseLoad.read:status",
    `SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Threads_running',
       'Innodb_row_lock_current_waits', 'Innodb_deadlocks')`,
  ),
  present,
);
const VARIABLES = query(
  sql(
    "databaseLoad.read:variables",
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'read_only')",
  ),
  present,
);

/** Reads the status counters of MySQL or MariaDB. Every user may read them. */
export function mysqlDatabaseLoad(db: Pick<Database, "select">): DatabaseLoadReader {
  return {
    async read() {
      const counters = [...(await db.select(null, STATUS)), ...(await db.select(null, VARIABLES))];
      const values = new Map(counters.map(({ name, value }) => [name, value]));
      const numberOf = (name: string): number => Number(values.get(name) ?? 0);
      return {
        connections: numberOf("Threads_connected"),
        // A service may hide the setting. Without it there is no bound to judge by.
        connectionsMax: numberOf("max_connections") || Number.POSITIVE_INFINITY,
        // This statement runs too.
        running: Math.max(0, numberOf("Threads_running") - 1),
        lockWaits: numberOf("Innodb_row_lock_current_waits"),
        deadlocks: values.has("Innodb_deadlocks") ? numberOf("Innodb_deadlocks") : undefined,
        isReadOnly: values.get("read_only") === "ON",
      };
    },
  };
}
