import type { TxOrNone } from "../../../ports/transaction.ts";
import type { Database } from "../database.ts";
import type { GroupPorts, GroupSettings } from "./groupLine.ts";
import { groupRunner } from "./groupRunner.ts";
import { MemberTx } from "./step.ts";

/** Adds grouped transactions to a database. */
export function groupedDatabase(
  db: Database,
  settings: GroupSettings,
  ports: Omit<GroupPorts, "failureKind">,
): Database {
  const { failureKind } = db;
  return {
    ...forMembers(db),
    withTransaction: groupRunner(db.withTransaction, settings, { ...ports, failureKind }),
  };
}

/** A database that also runs the statements of members of a group. */
export function forMembers(db: Database): Database {
  function run<T>(
    tx: TxOrNone,
    kind: "read" | "write",
    statement: (tx: TxOrNone) => Promise<T>,
  ): Promise<T> {
    if (!(tx instanceof MemberTx)) return statement(tx);
    const { shared } = tx;
    return shared.statement(tx, kind === "write", () => statement(shared.root));
  }

  return {
    ...db,
    select: (tx, query, values) => run(tx, "read", (own) => db.select(own, query, values)),
    change: (tx, sql, values) => run(tx, "write", (own) => db.change(own, sql, values)),
    insert: (tx, sql, values) => run(tx, "write", (own) => db.insert(own, sql, values)),
    noteCommitMarker(tx, messageId) {
      db.noteCommitMarker(tx instanceof MemberTx ? tx.shared.root : tx, messageId);
    },
  };
}
