import type { UserStore } from "../../ports/userStore.ts";
import type { Database } from "./database.ts";
import { type Sql, sql } from "./statement.ts";

const INSERT = sql("users.insert", `INSERT INTO users (name) VALUES (:name)`);

/** All statements of the user store. */
export const USER_STATEMENTS: readonly Sql[] = [INSERT];

/** Stores users. */
export function sqlUserStore(db: Database): UserStore {
  return { insert: (tx, name) => db.insert(tx, INSERT, { name }) };
}
