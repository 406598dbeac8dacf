import { z } from "zod";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { QueueSettings } from "../../ports/queueStore.ts";
import { configureQueue } from "../../queue/configureQueue.ts";
import { QueueNotFoundError } from "../../queue/errors.ts";
import { queueSettingsSchema } from "../../queue/queueSettingsSchema.ts";
import { countText } from "../../shared/countText.ts";
import { operation } from "../operation.ts";

const inputSchema = z.strictObject({
  queueId: z.string().min(1).max(64),
  settings: queueSettingsSchema
    .partial()
    .refine((settings) => Object.keys(settings).length > 0, "must have at least one setting"),
});

type Input = z.infer<typeof inputSchema>;
type SettingName = keyof QueueSettings;

/** Changes settings of a queue: its mode, how many buyers it admits, and how fast. */
export const configureQueueOperation = operation<Input>({
  name: "queue.configure",
  summary: "Change settings of a queue",
  input: inputSchema,
  confirmation: () => undefined,
  target: ({ queueId }) => `queue:${queueId}`,

  async plan(core, { queueId, settings }) {
    const current = await settingsOf(core, queueId);
    const changes = namesOf(settings).filter((name) => current[name] !== settings[name]);
    const stats = await core.queue.stats(queueId);
    const live =
      "status" in stats
        ? "Redis has no state of this queue yet"
        : `waiting: ${countText(stats.waitingCount, "buyer")}, active: ${stats.activeCount}`;
    return {
      facts: Object.fromEntries(namesOf(settings).map((name) => [name, current[name]])),
      count: changes.length,
      unit: "setting",
      sample: changes.map((name) => `${name}: ${current[name]} -> ${settings[name]}`),
      notes: [live],
    };
  },

  state: async (core, { queueId }) => ({ ...(await settingsOf(core, queueId)) }),

  steps: {
    kind: "repeatable",
    async step(core, { input, facts, fence }) {
      const settings = given(input.settings);
      await configureQueue(core, { queueId: input.queueId, settings, fence });
      const names = namesOf(input.settings);
      const changed = names.filter((name) => facts[name] !== input.settings[name]).length;
      return { checkpoint: {}, changed, isDone: true };
    },
  },

  async verify(core, { queueId, settings }) {
    const stored = await settingsOf(core, queueId);
    const stats = await core.queue.stats(queueId);
    const inRedis = "status" in stats ? undefined : stats.settings;
    return namesOf(settings).map((name) => ({
      claim: `${name} of queue ${queueId} is ${settings[name]} in MySQL and in Redis`,
      holds: [stored, inRedis].every((read) => read?.[name] === settings[name]),
      read: `MySQL ${stored[name]}, Redis ${inRedis?.[name] ?? "nothing"}`,
    }));
  },

  inverse: ({ queueId, settings }, before) => ({
    operation: "queue.configure",
    input: {
      queueId,
      settings: Object.fromEntries(namesOf(settings).map((name) => [name, before[name]])),
    },
  }),
});

async function settingsOf(core: CoreContext, queueId: string): Promise<QueueSettings> {
  const record = await core.admissions.findQueue(null, queueId);
  if (!record) throw new QueueNotFoundError(queueId);
  return record.settings;
}

const NAMES: readonly SettingName[] = [
  "mode",
  "activeCountMax",
  "admissionRatePerMinute",
  "activeTtlMs",
  "activationMs",
];

function namesOf(settings: Input["settings"]): readonly SettingName[] {
  return NAMES.filter((name) => settings[name] !== undefined);
}

/** The settings without those that are undefined. */
function given(settings: Input["settings"]): Partial<QueueSettings> {
  return Object.fromEntries(namesOf(settings).map((name) => [name, settings[name]]));
}
