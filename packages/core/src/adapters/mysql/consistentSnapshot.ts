import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { rethrowAsCoreError } from "../shared/failureKind.ts";
import { failureKind } from "./databaseErrors.ts";
import type { ServerWatch } from "./serverWatch.ts";

/** The values of a statement's placeholders, by name. */
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
  "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
  "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

export interface SnapshotSettings {
  readonly url: string;
  readonly downAfterMs: number;
}

/**
 * Opens each snapshot on a connection of its own, which is closed afterwards. The statements are
 * prepared: in the binary protocol, a number arrives as a number and costs the process a fraction
 * of the time that its text costs. Tens of millions of rows pass through here, so these reads do
 * not use Sequelize's pool.
 */
export function consistentSnapshots(settings: SnapshotSettings, watch: ServerWatch): WithSnapshot {
  const open = new Set<Connection>();
  watch.onDown(() => {
    for (const connection of open) connection.destroy();
  });

  async function readSnapshot<T>(work: (select: SelectFromSnapshot) => Promise<T>): Promise<T> {
    const connection = await connect(settings);
    open.add(connection);
    try {
      for (const sql of SNAPSHOT_STATEMENTS) await connection.query(sql);
      return await work(async <Row extends object>(sql: string, values: SnapshotValues = {}) => {
        const [rows] = await connection.execute<(Row & RowDataPacket)[]>(sql, values);
        watch.noteAnswer();
        return rows;
      });
    } finally {
      open.delete(connection);
      connection.destroy();
    }
  }

  return (work) =>
    watch
      .guard(() => readSnapshot(work))
      .catch((error: unknown) => rethrowAsCoreError(error, failureKind(error)));
}

async function connect({ url, downAfterMs }: SnapshotSettings): Promise<Connection> {
  const connection = await mysql.createConnection({
    uri: url,
    connectTimeout: downAfterMs,
    namedPlaceholders: true,
    supportBigNumbers: true,
  });
  // Without this listener, an error between two statements would end the process. The next
  // statement reports the error.
  connection.on("error", () => undefined);
  return connection;
}
