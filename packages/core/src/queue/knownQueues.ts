import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings } from "../ports/queueStore.ts";
import { QueueNotFoundError } from "./errors.ts";

/** The waiting room of concerts that name no queue. It is created at its first use. */
export const DEFAULT_QUEUE_ID = "main";
/**
 * The allowed queue ids. Braces are not allowed, because they would break the hash tag of the
 * queue's keys in Redis.
 */
export const QUEUE_ID = /^[\w.-]{1,64}$/;

/** The settings of a queue before an operator configures it. */
export function defaultSettings(core: Pick<CoreContext, "config">): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs } = core.config.queue;
  return { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode: "open" };
}

/**
 * Returns the queue's record. The process keeps the record for some seconds, so that a join makes
 * no call to MySQL. While MySQL does not answer, the process uses the last known record.
 * @throws QueueNotFoundError
 * @throws DependencyUnavailableError while MySQL does not answer and this process has no record
 */
export async function requireQueue(core: CoreContext, queueId: string): Promise<QueueRecord> {
  if (!QUEUE_ID.test(queueId)) throw new QueueNotFoundError(queueId);
  const { known } = core.queueState;
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
