import { type Connection, createConnection, type RowDataPacket } from "mysql2";
import { rethrowAsCoreError } from "../shared/failureKind.ts";
import { databaseOptions, type MysqlAddress, SET_NAMES } from "./clientOptions.ts";
import { failureKind } from "./databaseErrors.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** Maps the name of each placeholder of a statement to its value. */
export type SnapshotValues = Readonly<Record<string, number | string>>;

/** Reads rows of the snapshot. Calls run one after the other, in the order of their arrival. */
export type SelectFromSnapshot = <Row extends object>(
  sql: string,
  values?: SnapshotValues,
) => Promise<Row[]>;

/** Runs work on one snapshot of the database. */
export type WithSnapshot = <T>(work: (select: SelectFromSnapshot) => Promise<T>) => Promise<T>;

/** A read-only transaction that takes no locks. Its level gives all statements one snapshot. */
const SNAPSHOT_STATEMENTS = [
  SET_NAMES,
  "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
  "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

/**
 * Opens each snapshot on a connection of its own, which is closed afterwards. The statements are
 * prepared: in the binary protocol, a number arrives as a number and costs the process a fraction
 * of the time that its text costs. Tens of millions of rows pass through here, so these reads do
 * not use Sequelize's pool.
 */
export function consistentSnapshots(address: MysqlAddress, watch: ServerWatch): WithSnapshot {
  const open = new Set<Connection>();
  watch.onDown(() => {
    for (const connection of open) connection.destroy();
  });

  async function readSnapshot<T>(work: (select: SelectFromSnapshot) => Promise<T>): Promise<T> {
    const connection = createConnection({
      ...databaseOptions(address),
      namedPlaceholders: true,
      supportBigNumbers: true,
    });
    open.add(connection);
    // Without this listener, an error between two statements would end the process. The next
    // statement reports the error.
    connection.on("error", () => undefined);
    try {
      for (const sql of SNAPSHOT_STATEMENTS) await query(connection, sql);
      const result = await work(
        async <Row extends object>(sql: string, values: SnapshotValues = {}) => {
          const rows = await execute<Row>(connection, sql, values);
          watch.noteAnswer();
          return rows;
        },
      );
      connection.end();
      return result;
    } catch (failure) {
      connection.destroy();
      throw failure;
    } finally {
      open.delete(connection);
    }
  }

  return (work) =>
    watch
      .guard(() => readSnapshot(work))
      .catch((error: unknown) => rethrowAsCoreError(error, failureKind(error)));
}

function query(connection: Connection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error) => (error ? reject(error) : resolve()));
  });
}

/** Does not use the promises of the driver, because they capture a stack trace for each page. */
function execute<Row extends object>(
  connection: Connection,
  sql: string,
  values: SnapshotValues,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    connection.execute<(Row & RowDataPacket)[]>(sql, values, (error, rows) =>
      error ? reject(error) : resolve(rows),
    );
  });
}
