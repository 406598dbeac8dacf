import type { Database } from "@onsale/core/sql";
import type { Actor } from "../virtual/actor.ts";

export type WorkKind = "read" | "write" | "transaction";

/** The work of the databases for payments: requests to pay, and messages between the services. */
export class PaymentWork {
  reads = 0;
  writes = 0;
  transactions = 0;

  count({ name }: Pick<Actor, "name">, kind: WorkKind): void {
    if (!name.endsWith(PAYS) && !name.startsWith("message ")) return;
    if (kind === "read") this.reads += 1;
    else if (kind === "write") this.writes += 1;
    else this.transactions += 1;
  }
}

/** The end of the name of an actor that pays. */
export const PAYS = "@pay";

/** Counts the statements of a database by their kind, and the transactions. */
export function countedDatabase(db: Database, count: (kind: WorkKind) => void): Database {
  return {
    ...db,
    select(tx, statement, values) {
      count("read");
      return db.select(tx, statement, values);
    },
    change(tx, statement, values) {
      count("write");
      return db.change(tx, statement, values);
    },
    insert(tx, statement, values) {
      count("write");
      return db.insert(tx, statement, values);
    },
    withTransaction(run, grouped) {
      count("transaction");
      return db.withTransaction(run, grouped);
    },
  };
}
