import type { DatabaseLoadReader } from "../../ports/databaseLoad.ts";
import type { MemoryDb } from "./database/memoryDb.ts";

/** An in-memory database is never busy: a statement ends in the moment in which it begins. */
export function memoryDatabaseLoad(db: MemoryDb): DatabaseLoadReader {
  return {
    read: () =>
      db.run(null, "databaseLoad.read", (s) => ({
        ...{ connections: 1, connectionsMax: 100, running: 0, lockWaits: 0 },
        ...{ deadlocks: 0, isReadOnly: s.isReadOnly },
      })),
  };
}
