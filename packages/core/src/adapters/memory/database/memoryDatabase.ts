import type { Clock } from "../../../shared/clock.ts";
import { ServerTransaction } from "./serverTransaction.ts";
import { Statement } from "./statement.ts";
import { createTables, type Tables } from "./tables.ts";

/** Beyond this a waiting statement gives up; as the MySQL adapter sets it for its sessions. */
const LOCK_WAIT_MS = 2_000;

/** The server: tables, transactions, and the clock by which everything expires. */
export interface MemoryDatabase {
  readonly tables: Tables;
  begin(): ServerTransaction;
  /**
   * Runs a statement; when it fails, nothing of it remains and the transaction goes on, unless the
   * server has rolled that back.
   */
  run<T>(by: ServerTransaction, statement: (s: Statement) => T | Promise<T>): Promise<T>;
  /** A statement that is a transaction of its own. */
  autocommit<T>(statement: (s: Statement) => T | Promise<T>): Promise<T>;
}

export interface MemoryDatabaseOptions {
  /** The server's clock. */
  readonly clock: Clock;
  readonly lockWaitMs?: number;
}

/** An empty database with the schema of the last migration. */
export function createMemoryDatabase(options: MemoryDatabaseOptions): MemoryDatabase {
  const { clock, lockWaitMs = LOCK_WAIT_MS } = options;
  const tables = createTables();
  const begin = (): ServerTransaction => new ServerTransaction(clock, lockWaitMs);

  async function run<T>(
    by: ServerTransaction,
    statement: (s: Statement) => T | Promise<T>,
  ): Promise<T> {
    by.requireOpen();
    const savepoint = by.savepoint();
    try {
      return await statement(new Statement(by, Math.floor(clock.nowMs() * 1000)));
    } catch (error) {
      if (by.isOpen) by.undoTo(savepoint);
      throw error;
    }
  }

  const database: MemoryDatabase = {
    tables,
    begin,
    run,
    async autocommit(statement) {
      const own = begin();
      try {
        const result = await run(own, statement);
        own.commit();
        return result;
      } catch (error) {
        own.rollBack();
        throw error;
      }
    },
  };
  seedIdBlocks(database);
  return database;
}

/** What the migrations insert. */
function seedIdBlocks({ tables, begin }: MemoryDatabase): void {
  const first = begin();
  for (const kind of ["reservation", "payment"]) {
    tables.idBlocks.at(kind).put(first, { kind, nextId: 1 });
  }
  first.commit();
}
