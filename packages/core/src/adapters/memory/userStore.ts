import type { UserStore } from "../../ports/userStore.ts";
import type { MemoryDb } from "./database/memoryDb.ts";

/** Users in memory. */
export function memoryUserStore(db: MemoryDb): UserStore {
  const { users } = db.tables;
  return {
    insert: (tx, name) =>
      db.run(tx, "users.insert", async (s) => {
        const id = users.nextId();
        await s.insert(users, { id, name, createdAtUs: s.nowUs });
        return id;
      }),
  };
}
