import type { IdAllocator } from "../../ports/idAllocator.ts";

/** Number of ids in a block: one short statement allocates ids for a hundred holds. */
const BLOCK_SIZE = 100;

interface Block {
  next: number;
  end: number;
}

/**
 * Returns ids from blocks. The first caller that finds the block empty starts to fetch a new block,
 * and all callers wait for it.
 */
export function idBlocks(takeBlock: (kind: string, size: number) => Promise<number>): IdAllocator {
  const blocks = new Map<string, Block>();
  const refills = new Map<string, Promise<void>>();

  async function refill(kind: string): Promise<void> {
    const first = await takeBlock(kind, BLOCK_SIZE);
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
