import type { AdapterSet } from "@onsale/conformance";
import { createMemoryServers, openMemoryCore } from "../../../src/compose/openMemory.ts";
import type { CoreContext } from "../../../src/ports/coreContext.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import type { PassingClock } from "../../support/passingClock.ts";

/** In-memory adapters. Each opening has new servers with their own clock. */
export function memoryAdapters(newClock: () => PassingClock): AdapterSet {
  return {
    name: "in memory",
    async open(overrides = {}) {
      const clock = newClock();
      const servers = createMemoryServers({ clock });
      const config = { core: testCoreConfig(overrides), logLevel: "silent" } as const;
      const closing: (() => Promise<void>)[] = [];
      const another = async (): Promise<CoreContext> => {
        const opened = openMemoryCore(config, servers, { clock });
        closing.push(opened.close);
        return opened.core;
      };
      return {
        core: await another(),
        another,
        passTime: async (ms) => clock.pass(ms),
        loseMemory: async () => servers.redisState.lose(),
        close: async () => void (await Promise.all(closing.map((close) => close()))),
      };
    },
  };
}
