import { memoryCache } from "../../../src/adapters/memory/cache.ts";
import { createFastMemory } from "../../../src/adapters/memory/fastMemory/fastMemory.ts";
import { memoryQueueStore } from "../../../src/adapters/memory/queueStore.ts";
import { memoryRateLimiter } from "../../../src/adapters/memory/rateLimiter.ts";
import { memorySeatLock } from "../../../src/adapters/memory/seatLock.ts";
import { directWire } from "../../../src/adapters/memory/wire.ts";
import { noSeatLock } from "../../../src/adapters/noSeatLock.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { type Clock, systemClock } from "../../../src/shared/clock.ts";
import type { AdapterSet } from "../../../src/testing/adapterSet.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { unitCore } from "../../support/unitCore.ts";

/** The fast memory alone, in memory, on the machine's clock; other ports are not there. */
export const fastMemoryAdapters: AdapterSet = {
  name: "memory",
  async open(overrides = {}) {
    const config = testCoreConfig(overrides);
    let passedMs = 0;
    const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + passedMs };
    const fastMemory = createFastMemory({ clock });
    const another = async (): Promise<CoreContext> =>
      unitCore({
        config,
        clock,
        queue: memoryQueueStore(fastMemory, directWire),
        seatLock:
          config.seatLock.strategy === "redlock"
            ? memorySeatLock(fastMemory, directWire, clock, config.seatLock)
            : noSeatLock(),
        cache: memoryCache(fastMemory, directWire),
        rateLimiter: memoryRateLimiter(fastMemory, directWire),
      });
    return {
      core: await another(),
      another,
      async passTime(ms) {
        passedMs += ms;
      },
      loseMemory: async () => fastMemory.lose(),
      close: async () => {},
    };
  },
};
