import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings } from "../ports/queueStore.ts";
import { QueueNotFoundError } from "./errors.ts";

/** The waiting room of concerts that name none; it exists as soon as somebody asks for it. */
export const DEFAULT_QUEUE_ID = "main";
/** What a queue may be called; braces would break the hash tag of its keys. */
export const QUEUE_ID = /^[\w.-]{1,64}$/;

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
  const { known } = core.queueState;
  // A fresh record costs no promise.
  const queue =
    known.fresh(queueId) ?? (await known.load(queueId, () => findOrCreate(core, queueId)));
  if (!queue?.record) throw new QueueNotFoundError(queueId);
  return queue.record;
}

async function findOrCreate(core: CoreContext, queueId: string): Promise<QueueRecord | undefined> {
  const record = await core.admissions.findQueue(null, queueId);
  if (record || queueId !== DEFAULT_QUEUE_ID) return record;
  return core.withTransaction((tx) =>
    core.admissions.ensureQueue(tx, queueId, defaultSettings(core)),
  );
}
