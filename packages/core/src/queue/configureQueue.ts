import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueSettings } from "../ports/queueStore.ts";
import { InvalidInputError } from "../shared/errors.ts";
import { QueueNotFoundError } from "./errors.ts";
import { requireQueue } from "./knownQueues.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** The largest values keep every count in a script's reach and every time within a day. */
const BOUNDS = {
  activeCountMax: 1_000_000,
  admissionRatePerMinute: 1_000_000,
  activeTtlMs: DAY_MS,
  activationMs: DAY_MS,
} as const;

export interface ConfigureQueueInput {
  readonly queueId: string;
  /** What is left out stays as it is. */
  readonly settings: Partial<QueueSettings>;
}

/**
 * Changes how a queue lets people through; promotion follows at once, estimates within seconds.
 * @returns all settings after the change
 * @throws InvalidInputError, QueueNotFoundError
 * @throws DependencyUnavailableError also when the database has the change but the queue's memory
 *   is away: repeat it then
 */
export async function configureQueue(
  core: CoreContext,
  { queueId, settings: changes }: ConfigureQueueInput,
): Promise<QueueSettings> {
  await requireQueue(core, queueId);
  const settings = await core.withTransaction(async (tx) => {
    const record = await core.admissions.findQueue(tx, queueId);
    if (!record) throw new QueueNotFoundError(queueId);
    const changed = requireSettings({ ...record.settings, ...changes });
    await core.admissions.saveSettings(tx, queueId, changed);
    return changed;
  });
  core.queueState.known.forget(queueId);
  // Who rebuilds the queue may have read the settings before: it is rebuilt first, and told then.
  await askWithRebuild(core, queueId, () => core.queue.configure(queueId, settings));
  return settings;
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
      throw new InvalidInputError(`${name} is a whole number from 1 to ${BOUNDS[name]}`, {
        [name]: value,
      });
    }
  }
  if (mode !== "open" && mode !== "paused" && mode !== "draining") {
    throw new InvalidInputError("mode is open, paused or draining", { mode });
  }
  return { ...given, mode };
}
