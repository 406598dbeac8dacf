import type { ApiReport } from "../../src/ports/apiLoad.ts";
import type { DatabaseLoad } from "../../src/ports/databaseLoad.ts";
import type { MemoryQueue } from "./memoryQueue.ts";

const QUIET: DatabaseLoad = {
  ...{ connections: 10, connectionsMax: 100, running: 2, lockWaits: 0 },
  ...{ deadlocks: 0, isReadOnly: false },
};

/** Servers whose counters a test sets. */
export interface BusyServers {
  /** Replaces counters of the quiet server. */
  load: Partial<DatabaseLoad>;
  /** Deadlocks that the server ends in each second. */
  deadlocksPerSecond: number;
  /** Duration of each read of Redis, ms. */
  redisMs: number;
  /** Returns the reports of the API processes, at each look. */
  apis: () => readonly ApiReport[];
  /** The waiting room with these servers. */
  current(): MemoryQueue;
}

/** @param opened the waiting room of the surrounding suite */
export function busyServers(opened: () => MemoryQueue): BusyServers {
  const servers: BusyServers = {
    ...{ load: {}, deadlocksPerSecond: 0, redisMs: 0, apis: () => [] },
    current() {
      const { core, clock } = opened();
      const queue = {
        ...core.queue,
        async stats(queueId: string) {
          if (servers.redisMs > 0) await clock.sleep(servers.redisMs);
          return core.queue.stats(queueId);
        },
      };
      const databaseLoad = {
        async read() {
          await core.databaseLoad.read();
          const seconds = clock.monotonicMs() / 1000;
          const deadlocks = Math.round(seconds * servers.deadlocksPerSecond);
          return { ...QUIET, deadlocks, ...servers.load };
        },
      };
      const apiLoads = { ...core.apiLoads, list: async () => servers.apis() };
      return { ...opened(), core: { ...core, queue, databaseLoad, apiLoads } };
    },
  };
  beforeEach("calms the servers", () => {
    Object.assign(servers, { load: {}, deadlocksPerSecond: 0, redisMs: 0, apis: () => [] });
  });
  return servers;
}
