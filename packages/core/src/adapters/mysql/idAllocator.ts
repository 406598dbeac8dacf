import type { IdAllocator } from "../../ports/idAllocator.ts";
import type { Database } from "./database.ts";

/** Ids a process takes at a time: one short statement for every hundred holds. */
const BLOCK_SIZE = 100;

/** LAST_INSERT_ID(expr) makes the statement answer with the value that it found. */
const TAKE_BLOCK = `
  UPDATE id_blocks SET next_id = LAST_INSERT_ID(next_id) + :size WHERE kind = :kind`;

interface Block {
  next: number;
  end: number;
}

export function mysqlIdAllocator(db: Database): IdAllocator {
  const blocks = new Map<string, Block>();
  const refills = new Map<string, Promise<void>>();

  async function refill(kind: string): Promise<void> {
    const first = await db.insert(null, TAKE_BLOCK, { kind, size: BLOCK_SIZE });
    blocks.set(kind, { next: first, end: first + BLOCK_SIZE });
  }

  return {
    async next(kind) {
      for (;;) {
        const block = blocks.get(kind);
        if (block && block.next < block.end) {
          block.next += 1;
          return block.next - 1;
        }
        const running = refills.get(kind) ?? refill(kind).finally(() => refills.delete(kind));
        refills.set(kind, running);
        await running;
      }
    },
  };
}
