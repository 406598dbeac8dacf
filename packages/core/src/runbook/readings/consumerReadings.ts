import { NOTIFICATION_MS_MAX } from "../../diagnosis/notificationFindings.ts";
import { consumerLag, UNREAD_MS_MAX } from "../../notification/consumerLag.ts";
import type { PartitionLag } from "../../ports/consumerLag.ts";
import type { CoreContext } from "../../ports/coreContext.ts";
import { secondsText } from "../../shared/secondsText.ts";
import type { Check, Figure, Reading } from "../runbook.ts";
import { loopRuns } from "./workerReadings.ts";

/** A consumer that works commits something in this time, also after a pause between two fetches. */
const SECOND_LOOK_MS = 4_000;

async function readLag(core: CoreContext, kind: "lag" | "oldLag" = "lag"): Promise<number> {
  const groups = await consumerLag(core);
  return groups
    .flatMap(({ partitions }) => partitions)
    .reduce((sum, partition) => sum + partition[kind], 0);
}

export const consumerLagFigure: Figure = {
  name: "messages that the consumers have not read",
  unit: "messages",
  read: ({ core }) => readLag(core),
  bound: { above: 1_000 },
  meaning: "A consumer is dead, hangs at one message, or is slower than the sale.",
};

export const oldUnreadFigure: Figure = {
  name: `messages that a consumer has not read for ${UNREAD_MS_MAX / 1000} s`,
  unit: "messages",
  read: ({ core }) => readLag(core, "oldLag"),
  bound: { above: 0 },
  meaning: "A consumer hangs at a message or is dead, also when few messages are unread.",
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
  claim: "the delivery loop runs, and each consumer reads or has nothing to read",
  async look(at) {
    const [loop, reads] = await Promise.all([
      loopRuns("notification-delivery").look(at),
      consumerReads(at.core),
    ]);
    return loop.holds ? reads : loop;
  },
};

/** Few unread messages show a hanging consumer too, when it commits none of them. */
async function consumerReads(core: CoreContext): Promise<Reading> {
  const first = await unreadPartitions(core);
  if (first.size === 0) return { holds: true, read: "0 unread" };
  await core.clock.sleep(SECOND_LOOK_MS);
  const second = await unreadPartitions(core);
  const stuck = [...second].filter(([name, { committedOffset }]) => {
    const before = first.get(name);
    return before && before.committedOffset === committedOffset;
  });
  const where = stuck.map(([name, { lag }]) => `${lag} unread in ${name}, none read in 4 s`);
  return { holds: stuck.length === 0, read: where.join("; ") || `${await readLag(core)} unread` };
}

async function unreadPartitions(core: CoreContext): Promise<Map<string, PartitionLag>> {
  const groups = await consumerLag(core);
  return new Map(
    groups.flatMap(({ group, partitions }) =>
      partitions
        .filter(({ lag }) => lag > 0)
        .map((one) => [`${one.topic}/${one.partition} of ${group}`, one] as const),
    ),
  );
}

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
  claim: `no notification waits longer than ${secondsText(NOTIFICATION_MS_MAX)} for its delivery`,
  async look({ core }) {
    const { owed, oldestAgeMs } = await core.notifications.backlog(null);
    const read = `${owed} undelivered, the oldest for ${secondsText(oldestAgeMs)}`;
    return { holds: oldestAgeMs <= NOTIFICATION_MS_MAX, read };
  },
};
