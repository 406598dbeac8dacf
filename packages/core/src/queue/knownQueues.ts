import { LRUCache } from "lru-cache";
import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings } from "../ports/queueStore.ts";
import { QueueNotFoundError } from "./errors.ts";

/** The waiting room of concerts that name none; it exists as soon as somebody asks for it. */
export const DEFAULT_QUEUE_ID = "main";
/** What a queue may be called; braces would break the hash tag of its keys. */
export const QUEUE_ID = /^[\w.-]{1,64}$/;

/** Settings and epoch may be this old in a process; an operator's change is felt after it. */
const KNOWN_MS = 3000;
/**
 * A queue that was just created is found after this, and a database that is away is asked again.
 */
const UNKNOWN_MS = 1000;
/** The shortest there is. */
const FORGOTTEN_MS = 1;
/**
 * More queues than sales that run at once; unknown ids fall out first. Every core that is opened
 * takes the room for all of them at once, and simulations open many.
 */
const QUEUES_MAX = 250;

interface KnownQueue {
  readonly record: QueueRecord | undefined;
}

const registries = new WeakMap<CoreContext, LRUCache<string, KnownQueue>>();

/** What a queue begins with when nobody has configured it. */
export function defaultSettings(core: Pick<CoreContext, "config">): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs } = core.config.queue;
  return { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode: "open" };
}

/**
 * The queue's record, remembered for some seconds, so that a join costs the database nothing; while
 * the database is away the last known one goes on.
 * @throws QueueNotFoundError
 * @throws DependencyUnavailableError when the database is away and this process never saw the queue
 */
export async function requireQueue(core: CoreContext, queueId: string): Promise<QueueRecord> {
  if (!QUEUE_ID.test(queueId)) throw new QueueNotFoundError(queueId);
  const registry = registryOf(core);
  // A record that is known costs no promise; one that is old stays, for `fetch` falls back on it.
  const fresh = registry.get(queueId, { noDeleteOnStaleGet: true });
  const known = fresh ?? (await registry.fetch(queueId));
  if (!known?.record) throw new QueueNotFoundError(queueId);
  return known.record;
}

/** Makes the next look at the queue ask the database. */
export function forgetQueue(core: CoreContext, queueId: string): void {
  registries.get(core)?.delete(queueId);
}

function registryOf(core: CoreContext): LRUCache<string, KnownQueue> {
  let registry = registries.get(core);
  if (!registry) {
    registry = new LRUCache<string, KnownQueue>({
      max: QUEUES_MAX,
      ttl: KNOWN_MS,
      // The context's clock, and no timer behind its back; zero would mean "never stored".
      ttlResolution: 0,
      perf: { now: () => core.clock.monotonicMs() + 1 },
      // Who looks while the queue is forgotten gets what they asked for; it is just not kept.
      ignoreFetchAbort: true,
      async fetchMethod(queueId, last, { options, signal }) {
        try {
          const record = await findOrCreate(core, queueId);
          if (!record) options.ttl = UNKNOWN_MS;
          if (signal.aborted) options.ttl = FORGOTTEN_MS;
          return { record };
        } catch (error) {
          if (!last?.record) throw error;
          options.ttl = UNKNOWN_MS;
          return last;
        }
      },
    });
    registries.set(core, registry);
  }
  return registry;
}

async function findOrCreate(core: CoreContext, queueId: string): Promise<QueueRecord | undefined> {
  const record = await core.admissions.findQueue(null, queueId);
  if (record || queueId !== DEFAULT_QUEUE_ID) return record;
  return core.withTransaction((tx) =>
    core.admissions.ensureQueue(tx, queueId, defaultSettings(core)),
  );
}
