import { type CoreContext, readConfig } from "@onsale/core";
import { createMemoryServers, type MemoryServers, openMemoryCore } from "@onsale/core/memory";
import type { AdapterSet } from "../adapterSet.ts";
import type { PassingClock } from "./passingClock.ts";

const SECRET = "only-for-tests-0123456789-0123456789";
const SETTINGS = {
  STACK: "embedded",
  QUEUE_TOKEN_KEYS: `test:${SECRET}`,
  AUTH_JWT_SECRET: SECRET,
} as const;

/** Replaces ports of a process, for a test that plants a fault. */
export type Change = (core: CoreContext, servers: MemoryServers) => CoreContext;

/** In-memory adapters. Each opening has new servers with their own clock. */
export function memoryAdapters(newClock: () => PassingClock, change?: Change): AdapterSet {
  return {
    name: "in memory",
    async open(overrides = {}) {
      const clock = newClock();
      const servers = createMemoryServers({ clock });
      const { core: config } = readConfig({ ...SETTINGS, ...overrides });
      const closing: (() => Promise<void>)[] = [];
      const another = async (): Promise<CoreContext> => {
        const opened = openMemoryCore({ core: config, logLevel: "silent" }, servers, { clock });
        closing.push(opened.close);
        return change?.(opened.core, servers) ?? opened.core;
      };
      return {
        core: await another(),
        another,
        passTime: async (ms) => clock.pass(ms),
        loseRedisState: async () => servers.redisState.lose(),
        close: async () => void (await Promise.all(closing.map((close) => close()))),
      };
    },
  };
}
