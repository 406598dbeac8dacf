import { LRUCache } from "lru-cache";
import type { QueueRecord } from "../ports/admissionStore.ts";
import type { KnownQueue, KnownQueues, QueueState } from "../ports/queueState.ts";
import type { Clock } from "../shared/clock.ts";

/** An operator's change of settings or epoch reaches every process within this time. */
const KNOWN_MS = 3000;
/** After this, a queue that was just created is found, and a MySQL that failed is asked again. */
const UNKNOWN_MS = 1000;
/**
 * More queues than sales that run at once; unknown ids are evicted first. A core allocates the
 * room for all of them when it opens, and a simulation opens many cores.
 */
const QUEUES_MAX = 250;

/** The state that a process keeps of its queues; empty. */
export function createQueueState(clock: Pick<Clock, "monotonicMs">): QueueState {
  return { known: knownQueues(clock), rebuilds: new Map(), unrecorded: new Map() };
}

function knownQueues(clock: Pick<Clock, "monotonicMs">): KnownQueues {
  type Read = () => Promise<QueueRecord | undefined>;
  const queues = new LRUCache<string, KnownQueue, Read>({
    max: QUEUES_MAX,
    ttl: KNOWN_MS,
    // The core's clock and no timer; the library takes a time of zero for "never stored".
    ttlResolution: 0,
    perf: { now: () => clock.monotonicMs() + 1 },
    // A caller whose read is under way while the queue is forgotten gets the record that was read;
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
    // A stale record stays in the cache, because `load` falls back on it.
    fresh: (queueId) => queues.get(queueId, { noDeleteOnStaleGet: true }),
    load: (queueId, read) => queues.fetch(queueId, { context: read }),
    forget: (queueId) => void queues.delete(queueId),
  };
}
