import type { UserStore } from "../../ports/userStore.ts";
import type { Database } from "./database.ts";

export function mysqlUserStore(db: Database): UserStore {
  return {
    insert: (tx, name) => db.insert(tx, "INSERT INTO users (name) VALUES (:name)", { name }),
  };
}
