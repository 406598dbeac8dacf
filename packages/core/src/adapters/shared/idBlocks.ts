import type { IdAllocator } from "../../ports/idAllocator.ts";

/** Ids a process takes at a time: one short statement for every hundred holds. */
const BLOCK_SIZE = 100;

interface Block {
  next: number;
  end: number;
}

/**
 * Hands out ids from blocks; whoever finds none left starts one refill, and all wait for it.
 * @param takeBlock takes so many ids for this process alone, and answers the first
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
