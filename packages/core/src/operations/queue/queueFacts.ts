import type { QueueRecord } from "../../ports/admissionStore.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { QueueStats } from "../../ports/queueStore.ts";
import { QueueNotFoundError } from "../../queue/errors.ts";
import type { Step } from "../operation.ts";

/** Places of a sample in a plan. */
const SAMPLE_MAX = 10;

/** Reads the queue from MySQL. @throws QueueNotFoundError */
export async function queueRecord(core: CoreContext, queueId: string): Promise<QueueRecord> {
  const record = await core.admissions.findQueue(null, queueId);
  if (!record) throw new QueueNotFoundError(queueId);
  return record;
}

/**
 * Reads the queue for a write to Redis that a later change of the settings must prevent. The
 * version is read before the lease is checked, and another run changes the settings only after the
 * lease has ended, so its change has a later version.
 * @returns the queue in MySQL, with the version of the settings in Redis
 * @throws RunLostError, QueueNotFoundError
 */
export async function fencedQueue(
  core: CoreContext,
  { fence }: Pick<Step, "fence">,
  queueId: string,
): Promise<QueueRecord> {
  const inRedis = (await liveStats(core, queueId))?.settingsVersion;
  const record = await core.withTransaction(async (tx) => {
    await fence(tx);
    return core.admissions.findQueue(tx, queueId);
  });
  if (!record) throw new QueueNotFoundError(queueId);
  return { ...record, settingsVersion: inRedis ?? record.settingsVersion };
}

/** Reads the counts of the queue. @returns undefined when Redis has no state of the queue */
export async function liveStats(
  core: CoreContext,
  queueId: string,
): Promise<QueueStats | undefined> {
  const stats = await core.queue.stats(queueId);
  return "status" in stats ? undefined : stats;
}

/** Describes the first waiting users, one line each. */
export async function headOfLine(
  core: CoreContext,
  queueId: string,
  max: number,
): Promise<readonly string[]> {
  const page = await core.queue.list(queueId, "WAITING", {
    offset: 0,
    max: Math.min(max, SAMPLE_MAX),
  });
  if ("status" in page) return [];
  return page.places.map(({ userId }, index) => `user ${userId}, position ${index + 1}`);
}

/** The counts of the queue for an audit record. */
export async function queueState(
  core: CoreContext,
  queueId: string,
): Promise<{ mode: string; waiting: number | null; active: number | null }> {
  const { settings } = await queueRecord(core, queueId);
  const stats = await liveStats(core, queueId);
  return {
    mode: settings.mode,
    waiting: stats?.waitingCount ?? null,
    active: stats?.activeCount ?? null,
  };
}
