import {
  HISTORY_TABLES,
  type HistoryRows,
  type HistoryTable,
} from "@onsale/conformance/invariants/historyRows";
import type { InvariantFixture } from "@onsale/conformance/invariants/invariantFixture";
import type { TestCore } from "./testCore.ts";

/** Drops the constraints, and creates indexes with the same keys. */
const DROP_DEFENCES = [
  "ALTER TABLE reservation_seats DROP INDEX reservation_seats_one_live, " +
    "ADD INDEX reservation_seats_one_live (seat_id, live)",
  "ALTER TABLE point_accounts DROP CONSTRAINT point_accounts_balance",
  "ALTER TABLE point_entries DROP INDEX point_entries_version, " +
    "ADD INDEX point_entries_version (user_id, account_version)",
  "ALTER TABLE outbox_messages DROP INDEX outbox_messages_version, " +
    "ADD INDEX outbox_messages_version (aggregate_type, aggregate_id, aggregate_version)",
  "SET FOREIGN_KEY_CHECKS = 0",
];

type SqlValue = string | number | null;

const inSnakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Times of the database are DATETIME columns; times of the queue's clock are numbers. */
const isDatetime = (table: HistoryTable, name: string): boolean =>
  name.endsWith("Us") && table !== "queueAdmissions";

function columnOf(table: HistoryTable, name: string): string {
  return inSnakeCase(isDatetime(table, name) ? name.replace(/Us$/, "") : name);
}

function datetimeOf(timeUs: number): string {
  const toTheSecond = new Date(Math.floor(timeUs / 1000)).toISOString().slice(0, 19);
  return `${toTheSecond.replace("T", " ")}.${String(timeUs % 1_000_000).padStart(6, "0")}`;
}

function storedValue(table: HistoryTable, name: string, value: SqlValue): SqlValue {
  return typeof value === "number" && isDatetime(table, name) ? datetimeOf(value) : value;
}

/**
 * A core on MySQL. Only tables that differ from the last planted history are written again.
 */
export async function sqlInvariantFixture({ core, sql }: TestCore): Promise<InvariantFixture> {
  for (const statement of DROP_DEFENCES) await sql(statement);
  const planted = new Map<HistoryTable, HistoryRows[HistoryTable]>();

  async function replaceRows(table: HistoryTable, rows: HistoryRows[HistoryTable]) {
    const name = inSnakeCase(table);
    await sql(`DELETE FROM ${name}`);
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first).map((column) => columnOf(table, column));
    const values = rows.map((row) =>
      Object.entries<SqlValue>({ ...row }).map(([column, value]) =>
        storedValue(table, column, value),
      ),
    );
    const places = `(${columns.map(() => "?").join(", ")})`;
    const allPlaces = rows.map(() => places).join(", ");
    await sql(`INSERT INTO ${name} (${columns.join(", ")}) VALUES ${allPlaces}`, values.flat());
  }

  return {
    core,
    async nowUs() {
      const [row] = await sql("SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS nowMs");
      return Math.round(Number(row?.nowMs)) * 1000;
    },
    async plant(rows) {
      await sql("START TRANSACTION");
      for (const table of HISTORY_TABLES) {
        if (planted.get(table) === rows[table]) continue;
        planted.delete(table);
        await replaceRows(table, rows[table]);
        planted.set(table, rows[table]);
      }
      await sql("COMMIT");
    },
  };
}
