import { lagFindings } from "../../diagnosis/lagFindings.ts";
import { NOTIFICATION_MS_MAX } from "../../diagnosis/notificationFindings.ts";
import { consumerLag } from "../../notification/consumerLag.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import type { Check, Figure } from "../runbook.ts";
import { loopRuns } from "./workerReadings.ts";

async function readLag(core: CoreContext): Promise<number> {
  const groups = await consumerLag(core);
  return groups.flatMap(({ partitions }) => partitions).reduce((sum, { lag }) => sum + lag, 0);
}

export const consumerLagFigure: Figure = {
  name: "messages that the notifier has not read",
  unit: "messages",
  read: ({ core }) => readLag(core),
  bound: { above: 1_000 },
  meaning: "The consumer is dead, hangs at one message, or is slower than the sale.",
};

export const undeliveredFigure: Figure = {
  name: "undelivered notifications",
  unit: "notifications",
  read: async ({ core }) => (await core.notifications.backlog(null)).owed,
  bound: { above: 1_000 },
  meaning: "The receiver does not accept them, or the delivery loop does not run.",
};

export const oldestNotificationFigure: Figure = {
  name: "age of the oldest undelivered notification",
  unit: "ms",
  read: async ({ core }) => Math.round((await core.notifications.backlog(null)).oldestAgeMs),
  bound: { above: NOTIFICATION_MS_MAX },
  meaning:
    "`onsale doctor` shows the error of one that failed; it says what the receiver answered.",
};

export const notifierWorks: Check = {
  claim: "the delivery loop runs, and the consumer reads or has nothing to read",
  async look(at) {
    const loop = await loopRuns("notification-delivery").look(at);
    if (!loop.holds) return loop;
    const [behind] = await lagFindings(at.core);
    return {
      holds: behind === undefined,
      read: behind?.message ?? `${await readLag(at.core)} unread`,
    };
  },
};

export const receiverAnswers: Check = {
  claim: "the receiver of the notifications answers",
  async look({ core }) {
    try {
      await core.webhook.probe();
      return { holds: true, read: "it answers" };
    } catch (error) {
      return { holds: false, read: error instanceof Error ? error.message : String(error) };
    }
  },
};

export const notificationsArrive: Check = {
  claim: `no notification waits longer than ${NOTIFICATION_MS_MAX / 1000} s for its delivery`,
  async look({ core }) {
    const { owed, oldestAgeMs } = await core.notifications.backlog(null);
    const read = `${owed} undelivered, the oldest for ${Math.round(oldestAgeMs / 1000)} s`;
    return { holds: oldestAgeMs <= NOTIFICATION_MS_MAX, read };
  },
};
