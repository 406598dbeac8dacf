import { freeSlots, settingsDifferences } from "../../diagnosis/queueFindings.ts";
import { liveStats, queueRecord } from "../../operations/queue/queueFacts.ts";
import type { QueueMode, QueueStats } from "../../ports/queueStore.ts";
import type { Check, Figure, Situation } from "../runbook.ts";

/** Reads a number of the queue in Redis: 0 when Redis has lost the queue. */
const statOf =
  (pick: (stats: QueueStats) => number) =>
  async ({ core, subject }: Situation): Promise<number> => {
    const stats = await liveStats(core, subject);
    return stats ? pick(stats) : 0;
  };

export const waitingFigure: Figure = {
  name: "waiting buyers",
  unit: "buyers",
  read: statOf(({ waitingCount }) => waitingCount),
  bound: { above: 0 },
  meaning: "They keep their places, whatever the runbook does.",
};

export const freeSlotsFigure: Figure = {
  name: "free slots",
  unit: "slots",
  read: statOf((stats) => Math.max(0, freeSlots(stats))),
  bound: { above: 0 },
  meaning: "The limits of the queue allow so many admissions now; promotion does not make them.",
};

export const activeFigure: Figure = {
  name: "active buyers",
  unit: "buyers",
  read: statOf(({ activeCount }) => activeCount),
  bound: { above: 0 },
  meaning: "They hold seats or pay at this moment.",
};

/** The condition that the queue has this mode in MySQL and in Redis, so for every process. */
export function modeIs(mode: QueueMode): Check {
  return {
    claim: `the mode of the queue is ${mode} in MySQL and in Redis`,
    async look({ core, subject }) {
      const { settings } = await queueRecord(core, subject);
      const inRedis = (await liveStats(core, subject))?.settings.mode;
      return {
        holds: settings.mode === mode && inRedis === mode,
        read: `MySQL ${settings.mode}, Redis ${inRedis ?? "nothing"}`,
      };
    },
  };
}

export const hasRedisState: Check = {
  claim: "Redis has the state of the queue",
  async look({ core, subject }) {
    const stats = await liveStats(core, subject);
    return { holds: stats !== undefined, read: stats ? "it has" : "Redis has nothing" };
  },
};

export const settingsAgree: Check = {
  claim: "the settings of the queue in Redis are those of MySQL",
  async look({ core, subject }) {
    const { settings } = await queueRecord(core, subject);
    const stats = await liveStats(core, subject);
    if (!stats) return { holds: false, read: "Redis has no state of the queue" };
    const different = settingsDifferences(settings, stats);
    return { holds: different.length === 0, read: different.join("; ") || "they agree" };
  },
};

export const admitsHead: Check = {
  claim: "no buyer waits while a slot is free",
  async look({ core, subject }) {
    const stats = await liveStats(core, subject);
    if (!stats) return { holds: false, read: "Redis has no state of the queue" };
    const slots = Math.max(0, freeSlots(stats));
    return {
      holds: stats.waitingCount === 0 || slots === 0,
      read: `${stats.waitingCount} waiting, ${slots} slots free`,
    };
  },
};

export const isQuiet: Check = {
  claim: "the queue is paused and no buyer is active",
  async look(at) {
    // Another operator may have opened the queue since the pause.
    const paused = await modeIs("paused").look(at);
    const stats = await liveStats(at.core, at.subject);
    const read = `${stats?.activeCount ?? "unknown"} active; ${paused.read}`;
    return { holds: paused.holds && stats?.activeCount === 0, read };
  },
};

export const redisAnswers: Check = {
  claim: "Redis answers",
  async look({ core, subject }) {
    const stats = await liveStats(core, subject);
    return { holds: true, read: stats ? "it has the queue" : "it answers without the queue" };
  },
};
