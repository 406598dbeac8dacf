import type { IdAllocator } from "../../ports/idAllocator.ts";
import { idBlocks } from "../shared/idBlocks.ts";
import type { Database } from "./database.ts";

/** LAST_INSERT_ID(expr) makes the statement answer with the value that it found. */
const TAKE_BLOCK = `
  UPDATE id_blocks SET next_id = LAST_INSERT_ID(next_id) + :size WHERE kind = :kind`;

export function mysqlIdAllocator(db: Database): IdAllocator {
  return idBlocks((kind, size) => db.insert(null, TAKE_BLOCK, { kind, size }));
}
