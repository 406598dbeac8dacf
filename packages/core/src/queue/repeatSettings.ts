import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings } from "../ports/queueStore.ts";
import type { Tx } from "../ports/transaction.ts";

/**
 * Sends the settings of MySQL to Redis when Redis has those of an earlier version. The process that
 * changed them may have died before its call of Redis.
 * @returns whether Redis had earlier settings
 */
export async function repeatSettings(core: CoreContext, queueId: string): Promise<boolean> {
  const record = await core.admissions.findQueue(null, queueId);
  const stats = await core.queue.stats(queueId);
  if (!record || "status" in stats) return false;
  const { settings, settingsVersion } = record;
  if (stats.settingsVersion >= settingsVersion) return false;
  await core.withTransaction((tx) => keepLimitsInForce(core, tx, queueId, settings, stats));
  await core.queue.configure(queueId, settings, settingsVersion);
  core.log.warn(
    {
      event: "queue.settings_repeated",
      queueId,
      settingsVersion,
      inRedis: stats.settingsVersion,
    },
    "Redis had earlier settings of a queue; it has those of MySQL now",
  );
  return true;
}

/** Records the limits of Redis for the check of I7, when those of MySQL have not reached Redis. */
export async function keepLimitsInForce(
  core: CoreContext,
  tx: Tx,
  queueId: string,
  stored: QueueSettings,
  { settings: inRedis }: { readonly settings: QueueSettings },
): Promise<void> {
  const isSame =
    inRedis.activeCountMax === stored.activeCountMax &&
    inRedis.admissionRatePerMinute === stored.admissionRatePerMinute;
  if (!isSame) await core.admissions.keepFormerLimits(tx, queueId, inRedis);
}
