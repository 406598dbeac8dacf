import type { IdAllocator } from "../../ports/idAllocator.ts";
import { idBlocks } from "../shared/idBlocks.ts";
import type { Database } from "./database.ts";
import { type Sql, sql } from "./statement.ts";

/** Reserves ids. LAST_INSERT_ID(expr) makes the statement return the id that it read. */
const TAKE_BLOCK = sql(
  "idAllocator.next",
  `UPDATE id_blocks SET next_id = LAST_INSERT_ID(next_id) + :size WHERE kind = :kind`,
);

/** All statements of the allocator. */
export const ID_STATEMENTS: readonly Sql[] = [TAKE_BLOCK];

/** Allocates ids in blocks. One statement reserves one block. */
export function sqlIdAllocator(db: Database): IdAllocator {
  return idBlocks((kind, size) => db.insert(null, TAKE_BLOCK, { kind, size }));
}
