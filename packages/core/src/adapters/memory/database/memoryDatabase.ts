import type { Clock } from "../../../shared/clock.ts";
import { ConnectionLostError } from "../serverLink.ts";
import { SCHEMA } from "../sql/schema.ts";
import type { Row } from "./rows.ts";
import type { Served } from "./served.ts";
import { ServerTransaction } from "./serverTransaction.ts";
import { Statement } from "./statement.ts";
import type { Table } from "./table.ts";
import { createTables, inSchemaOrder, type Tables } from "./tables.ts";

/** Lock-wait timeout of a statement. The MySQL adapter sets the same value for its sessions. */
const LOCK_WAIT_MS = 2_000;

/** The in-memory database server: its tables, its transactions and its clock. */
export interface MemoryDatabase {
  readonly tables: Tables;
  /** The tables of `tables`, in the order of the schema. */
  readonly tablesInOrder: readonly Table<Row>[];
  begin(): ServerTransaction;
  /**
   * Runs a statement. If the statement fails, the server undoes only this statement, and the
   * transaction continues. A deadlock or a lock-wait timeout rolls the whole transaction back.
   */
  run<T>(by: ServerTransaction, statement: (s: Statement) => Served<T>): Served<T>;
  /** Runs a statement in a transaction of its own. */
  autocommit<T>(statement: (s: Statement) => Served<T>): Served<T>;
  /** Sets read_only=ON: writes, and the COMMIT of changed rows, fail from now on. */
  refuseWrites(): void;
  /**
   * Another server with every committed transaction takes over, and accepts writes. The open
   * transactions are lost with their connections.
   */
  failOver(): void;
}

export interface MemoryDatabaseOptions {
  /** The server's clock. Holds, leases and due times expire by this clock. */
  readonly clock: Clock;
  readonly lockWaitMs?: number;
}

/** Creates a database with the schema of the last migration and the rows that migrations insert. */
export function createMemoryDatabase(options: MemoryDatabaseOptions): MemoryDatabase {
  const { clock, lockWaitMs = LOCK_WAIT_MS } = options;
  const tables = createTables();
  const tablesInOrder = inSchemaOrder(tables);
  const open = new Set<ServerTransaction>();
  const server = { isReadOnly: false, ended: (one: ServerTransaction) => void open.delete(one) };

  function begin(): ServerTransaction {
    const transaction = new ServerTransaction(clock, lockWaitMs, server);
    open.add(transaction);
    return transaction;
  }

  function run<T>(by: ServerTransaction, statement: (s: Statement) => Served<T>): Served<T> {
    by.requireOpen();
    const savepoint = by.savepoint();
    let result: Served<T>;
    try {
      result = statement(new Statement(by, Math.floor(clock.nowMs() * 1000)));
    } catch (error) {
      return undo(by, savepoint, error);
    }
    return result instanceof Promise ? orUndo(result, by, savepoint) : result;
  }

  function autocommit<T>(statement: (s: Statement) => Served<T>): Served<T> {
    const own = begin();
    try {
      const result = run(own, statement);
      if (result instanceof Promise) return committed(result, own);
      own.commit();
      return result;
    } catch (error) {
      own.rollBack();
      throw error;
    }
  }

  const database: MemoryDatabase = {
    tables,
    tablesInOrder,
    begin,
    run,
    autocommit,
    refuseWrites() {
      server.isReadOnly = true;
    },
    failOver() {
      server.isReadOnly = false;
      for (const one of [...open]) one.fail(new ConnectionLostError("the end of the server"));
    },
  };
  putFirstRows(database);
  return database;
}

/** Undoes a failed statement, unless its whole transaction has been rolled back. */
function undo(by: ServerTransaction, savepoint: number, error: unknown): never {
  if (by.isOpen) by.undoTo(savepoint);
  throw error;
}

/** Waits for a statement, and undoes it when it fails. */
function orUndo<T>(result: Promise<T>, by: ServerTransaction, savepoint: number): Promise<T> {
  return result.catch((error: unknown) => undo(by, savepoint, error));
}

/** Waits for the only statement of a transaction, and commits or rolls back. */
function committed<T>(result: Promise<T>, own: ServerTransaction): Promise<T> {
  const commit = (value: T): T => {
    own.commit();
    return value;
  };
  return result.then(commit).catch((error: unknown) => {
    own.rollBack();
    throw error;
  });
}

/** Inserts the rows that the migrations insert. */
function putFirstRows({ tablesInOrder, begin }: MemoryDatabase): void {
  const first = begin();
  for (const { ordinal, firstRows } of SCHEMA.values()) {
    const table = tablesInOrder[ordinal];
    for (const row of firstRows) table?.at(table.keyOf(row)).put(first, row);
  }
  first.commit();
}
