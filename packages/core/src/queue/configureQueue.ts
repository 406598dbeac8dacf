import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings, QueueStats } from "../ports/queueStore.ts";
import type { Tx } from "../ports/transaction.ts";
import { CoreError, InvalidInputError } from "../shared/errors.ts";
import { ruleText } from "../shared/ruleText.ts";
import { QueueNotFoundError } from "./errors.ts";
import { requireQueue } from "./knownQueues.ts";
import { queueSettingsSchema } from "./queueSettingsSchema.ts";
import { askWithRebuild } from "./rebuildQueue.ts";
import { keepLimitsInForce } from "./repeatSettings.ts";

/*
 * Order of changes of the settings
 *
 * Problem: MySQL and Redis both have the settings of a queue. A process can be suspended between
 * the COMMIT in MySQL and its call of Redis, and its call arrives after another process has made a
 * later change. A pause that an operator has verified must not end so.
 *
 * MySQL counts a version with each change, under the lock of the queue's row. Redis keeps the
 * version of its settings and refuses an earlier one. A rebuild brings the version of the settings
 * that it read.
 *
 * Failures:
 * - The process dies after COMMIT, or Redis does not answer: the next promotion notices that Redis
 *   has an earlier version, and sends the settings of MySQL (`repeatSettings`).
 * - MySQL loses the last changes, for example by a failover: Redis has a later version than MySQL
 *   until the next change, whose version is above both. Doctor reports settings that disagree.
 */

export interface ConfigureQueueInput {
  readonly queueId: string;
  /** Settings that are left out keep their values. */
  readonly settings: Partial<QueueSettings>;
  /**
   * Called at the start of the transaction that changes the settings. An error that it throws
   * prevents the change.
   */
  readonly fence?: ((tx: Tx) => Promise<void>) | undefined;
}

/**
 * Changes the settings of a queue, first in MySQL, then in Redis. Promotion uses the new settings
 * immediately; the estimates of other processes use them within seconds.
 * @returns all settings after the change
 * @throws InvalidInputError, QueueNotFoundError
 * @throws DependencyUnavailableError also when MySQL has the change but Redis does not answer. The
 *   next promotion then sends the change to Redis
 */
export async function configureQueue(
  core: CoreContext,
  { queueId, settings: changes, fence }: ConfigureQueueInput,
): Promise<QueueSettings> {
  await requireQueue(core, queueId);
  const inRedis = await statsInRedis(core, queueId);
  const { settings, settingsVersion } = await core.withTransaction(async (tx) => {
    await fence?.(tx);
    const above = inRedis?.settingsVersion ?? 0;
    const record = await core.admissions.beginSettings(tx, queueId, above);
    if (!record) throw new QueueNotFoundError(queueId);
    const changed = requireSettings({ ...record.settings, ...changes });
    // An earlier change of the limits has not reached Redis until now.
    if (inRedis) await keepLimitsInForce(core, tx, queueId, record.settings, inRedis);
    await core.admissions.saveSettings(tx, queueId, changed);
    return { settings: changed, settingsVersion: record.settingsVersion };
  });
  core.queueState.known.forget(queueId);
  // A rebuild that is running may have read the old settings. Redis answers MISSING until that
  // rebuild has ended, and only then this call sends the settings again.
  await askWithRebuild(core, queueId, () =>
    core.queue.configure(queueId, settings, settingsVersion),
  );
  return settings;
}

/** Reads the settings that promotion uses; undefined when Redis does not answer or lost them. */
async function statsInRedis(core: CoreContext, queueId: string): Promise<QueueStats | undefined> {
  try {
    const stats = await core.queue.stats(queueId);
    return "status" in stats ? undefined : stats;
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return undefined;
  }
}

function requireSettings(settings: QueueSettings): QueueSettings {
  const { success, data, error } = queueSettingsSchema.safeParse(settings);
  if (success) return data;
  const [issue] = error.issues;
  const name = String(issue?.path[0]);
  const value = new Map<string, unknown>(Object.entries(settings)).get(name);
  throw new InvalidInputError(`${name}: ${issue && ruleText(issue)}`, { [name]: value });
}
