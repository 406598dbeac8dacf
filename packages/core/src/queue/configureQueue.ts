import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings } from "../ports/queueStore.ts";
import { CoreError, InvalidInputError } from "../shared/errors.ts";
import { QueueNotFoundError } from "./errors.ts";
import { requireQueue } from "./knownQueues.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The Lua scripts stay fast with counts up to a million. No admission needs more than a day. */
const BOUNDS = {
  activeCountMax: 1_000_000,
  admissionRatePerMinute: 1_000_000,
  activeTtlMs: DAY_MS,
  activationMs: DAY_MS,
} as const;

export interface ConfigureQueueInput {
  readonly queueId: string;
  /** Settings that are left out keep their values. */
  readonly settings: Partial<QueueSettings>;
}

/**
 * Changes the settings of a queue, first in MySQL, then in Redis. Promotion uses the new settings
 * immediately; the estimates of other processes use them within seconds.
 * @returns all settings after the change
 * @throws InvalidInputError, QueueNotFoundError
 * @throws DependencyUnavailableError also when MySQL has the change but Redis does not answer. The
 *   caller must then repeat the change
 */
export async function configureQueue(
  core: CoreContext,
  { queueId, settings: changes }: ConfigureQueueInput,
): Promise<QueueSettings> {
  await requireQueue(core, queueId);
  const { activeCountMax, admissionRatePerMinute } = changes;
  const changesLimits = (activeCountMax ?? admissionRatePerMinute) !== undefined;
  const inRedis = changesLimits ? await settingsInRedis(core, queueId) : undefined;
  const settings = await core.withTransaction(async (tx) => {
    const record = await core.admissions.findQueue(tx, queueId);
    if (!record) throw new QueueNotFoundError(queueId);
    const changed = requireSettings({ ...record.settings, ...changes });
    // An earlier change of the limits has not reached Redis until now.
    if (inRedis && hasOtherLimits(inRedis, record.settings)) {
      await core.admissions.keepFormerLimits(tx, queueId, inRedis);
    }
    await core.admissions.saveSettings(tx, queueId, changed);
    return changed;
  });
  core.queueState.known.forget(queueId);
  // A rebuild that is running may have read the old settings. Redis answers MISSING until that
  // rebuild has ended, and only then this call sends the settings again.
  await askWithRebuild(core, queueId, () => core.queue.configure(queueId, settings));
  return settings;
}

/** Reads the settings that promotion uses; undefined when Redis does not answer or lost them. */
async function settingsInRedis(
  core: CoreContext,
  queueId: string,
): Promise<QueueSettings | undefined> {
  try {
    const stats = await core.queue.stats(queueId);
    return "status" in stats ? undefined : stats.settings;
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return undefined;
  }
}

function hasOtherLimits(one: QueueSettings, other: QueueSettings): boolean {
  return (
    one.activeCountMax !== other.activeCountMax ||
    one.admissionRatePerMinute !== other.admissionRatePerMinute
  );
}

function requireSettings(settings: QueueSettings): QueueSettings {
  const { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs, mode } = settings;
  const given = { activeCountMax, admissionRatePerMinute, activeTtlMs, activationMs };
  for (const name of [
    "activeCountMax",
    "admissionRatePerMinute",
    "activeTtlMs",
    "activationMs",
  ] as const) {
    const value = given[name];
    if (!Number.isSafeInteger(value) || value < 1 || value > BOUNDS[name]) {
      throw new InvalidInputError(`${name} must be a whole number from 1 to ${BOUNDS[name]}`, {
        [name]: value,
      });
    }
  }
  if (mode !== "open" && mode !== "paused" && mode !== "draining") {
    throw new InvalidInputError("mode must be open, paused or draining", { mode });
  }
  return { ...given, mode };
}
