import assert from "node:assert/strict";
import type { Tx, TxOrNone, WithTransaction } from "../../../ports/transaction.ts";
import { rethrowAsCoreError } from "../../shared/failureKind.ts";
import {
  type RunnerPorts,
  type RunnerTx,
  type TransactionDriver,
  transactionRunner,
} from "../../shared/transactionRunner.ts";
import { ConnectionLostError, type ServerLink } from "../serverLink.ts";
import { textKey } from "./collation.ts";
import { failureKind } from "./databaseFailures.ts";
import type { MemoryDatabase } from "./memoryDatabase.ts";
import type { Row } from "./rows.ts";
import type { ServerTransaction } from "./serverTransaction.ts";
import type { Statement } from "./statement.ts";
import type { Table } from "./table.ts";
import type { Tables } from "./tables.ts";

/** The connections of one process to the in-memory database. The stores use this interface. */
export interface MemoryDb {
  readonly tables: Tables;
  /** The tables of `tables`, in the order of the schema. */
  readonly tablesInOrder: readonly Table<Row>[];
  /**
   * Runs one statement in one round trip. With `null` the statement is a transaction of its own.
   * @param point names the statement for traces and faults: "seats.hold"
   */
  run<T>(tx: TxOrNone, point: string, statement: (s: Statement) => T | Promise<T>): Promise<T>;
  readonly withTransaction: WithTransaction;
  /**
   * Records the outbox message as the transaction's commit marker, unless the transaction has one.
   */
  noteCommitMarker(tx: Tx, messageId: string): void;
  /** Simulates the end of the process: the server rolls back the process's open transactions. */
  sever(): void;
}

class MemoryTx implements RunnerTx {
  readonly label = "memory";
  readonly server: ServerTransaction;
  commitMarker: string | undefined;
  committing = false;

  constructor(server: ServerTransaction) {
    this.server = server;
  }
}

function inside(tx: Tx): MemoryTx {
  assert(tx instanceof MemoryTx, "the transaction was begun by another adapter");
  return tx;
}

/** Opens one process's connections to the in-memory database through the process's link. */
export function memoryDb(database: MemoryDatabase, link: ServerLink, ports: RunnerPorts): MemoryDb {
  const open = new Set<ServerTransaction>();
  return {
    tables: database.tables,
    tablesInOrder: database.tablesInOrder,
    run(tx, point, statement) {
      if (tx) {
        const { server } = inside(tx);
        return link.call("mysql", point, () => database.run(server, statement));
      }
      return link
        .call("mysql", point, () => database.autocommit(statement))
        .catch((error: unknown) => rethrowAsCoreError(error, failureKind(error)));
    },
    withTransaction: transactionRunner(memoryTransactions(database, link, open), ports),
    noteCommitMarker(tx, messageId) {
      inside(tx).commitMarker ??= messageId;
    },
    sever() {
      for (const server of open) server.fail(new ConnectionLostError("the end of the process"));
      open.clear();
    },
  };
}

/**
 * When the connection is lost, the server rolls the transaction back, unless it has already
 * received the COMMIT.
 */
function memoryTransactions(
  database: MemoryDatabase,
  link: ServerLink,
  open: Set<ServerTransaction>,
): TransactionDriver<MemoryTx> {
  function end(server: ServerTransaction): void {
    server.rollBack();
    open.delete(server);
  }

  return {
    begin: () =>
      link.call("mysql", "begin", () => {
        const server = database.begin();
        open.add(server);
        return new MemoryTx(server);
      }),
    async commit({ server }) {
      try {
        await link.call("mysql", "commit", () => {
          server.commit();
          open.delete(server);
        });
      } catch (failure) {
        // The server executes a COMMIT that was already sent, even when the process has ended.
        if (failure instanceof ConnectionLostError && failure.isUnderWay) open.delete(server);
        else end(server);
        throw failure;
      }
    },
    async rollBack({ server }, failure) {
      if (failureKind(failure) === "connection" || !server.isOpen) end(server);
      else await link.call("mysql", "rollback", () => end(server)).catch(() => end(server));
    },
    failureKind,
    findCommitMarker: (messageId) =>
      link.call("mysql", "findCommitMarker", () =>
        database.autocommit(async (s) => {
          const rows = database.tables.outboxMessages.by(
            "outbox_messages_message",
            textKey(messageId),
          );
          return (await s.lock(rows, (row) => row.messageId === messageId)).length > 0;
        }),
      ),
    guard: (work) => work(),
  };
}
