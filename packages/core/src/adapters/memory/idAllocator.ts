import type { IdAllocator } from "../../ports/idAllocator.ts";
import { idBlocks as blocksOf } from "../shared/idBlocks.ts";
import type { MemoryDb } from "./database/memoryDb.ts";

/** Blocks of ids from the database in memory. */
export function memoryIdAllocator(db: MemoryDb): IdAllocator {
  const { idBlocks } = db.tables;
  return blocksOf((kind, size) =>
    db.run(null, "idAllocator.next", async (s) => {
      let first = 0;
      await s.update(
        idBlocks,
        idBlocks.of([kind]),
        () => true,
        (row) => {
          first = row.nextId;
          return { ...row, nextId: row.nextId + size };
        },
      );
      return first;
    }),
  );
}
