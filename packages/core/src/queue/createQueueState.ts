import { LRUCache } from "lru-cache";
import type { QueueRecord } from "../ports/admissionStore.ts";
import type { KnownQueue, KnownQueues, LatestStats, QueueState } from "../ports/queueState.ts";
import type { QueueStats } from "../ports/queueStore.ts";
import type { Clock } from "../shared/clock.ts";

/**
 * How long a record stays fresh. An operator's change of settings or epoch reaches every process
 * within this time.
 */
const KNOWN_MS = 3000;
/**
 * How long "no such queue" and a failed read stay fresh. After this time a process finds a queue
 * that was just created, and asks MySQL again after a failure.
 */
const UNKNOWN_MS = 1000;
/** How long the figures of a queue stay fresh: as long as a proxy may keep the answer. */
const LATEST_MS = 1000;
/**
 * Maximum number of queues, more than a system has sales at the same time. Unknown ids are evicted
 * first. The number is low because each core allocates the space when it opens, and a simulation
 * opens many cores.
 */
const QUEUES_MAX = 250;

/** Creates the empty state that a process keeps of its queues. */
export function createQueueState(clock: Pick<Clock, "monotonicMs">): QueueState {
  return {
    known: knownQueues(clock),
    latest: latestStats(clock),
    rebuilds: new Map(),
    unrecorded: new Map(),
  };
}

function knownQueues(clock: Pick<Clock, "monotonicMs">): KnownQueues {
  type Read = () => Promise<QueueRecord | undefined>;
  const queues = new LRUCache<string, KnownQueue, Read>({
    max: QUEUES_MAX,
    ttl: KNOWN_MS,
    // Uses the core's clock and no timer. The library treats a time of zero as "never stored".
    ttlResolution: 0,
    perf: { now: () => clock.monotonicMs() + 1 },
    // When a queue is forgotten during a read, the caller still gets the record that was read, but
    // the record is not stored.
    ignoreFetchAbort: true,
    async fetchMethod(_queueId, last, { options, context: read }) {
      try {
        const record = await read();
        if (!record) options.ttl = UNKNOWN_MS;
        return { record };
      } catch (error) {
        if (!last?.record) throw error;
        options.ttl = UNKNOWN_MS;
        return last;
      }
    },
  });
  return {
    // A stale record stays in the cache, because `load` returns it when a read fails.
    fresh: (queueId) => queues.get(queueId, { noDeleteOnStaleGet: true }),
    load: (queueId, read) => queues.fetch(queueId, { context: read }),
    forget: (queueId) => void queues.delete(queueId),
  };
}

function latestStats(clock: Pick<Clock, "monotonicMs">): LatestStats {
  type Read = () => Promise<QueueStats>;
  const latest = new LRUCache<string, QueueStats, Read>({
    max: QUEUES_MAX,
    ttl: LATEST_MS,
    ttlResolution: 0,
    perf: { now: () => clock.monotonicMs() + 1 },
    // A read whose entry was evicted still answers its callers.
    ignoreFetchAbort: true,
    fetchMethod: (_queueId, _last, { context: read }) => read(),
  });
  return {
    load: (queueId, read) => latest.forceFetch(queueId, { context: read }),
  };
}
