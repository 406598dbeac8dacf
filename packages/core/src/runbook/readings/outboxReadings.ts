import { OLDEST_MS_MAX } from "../../diagnosis/outboxFindings.ts";
import { consumerLag } from "../../notification/consumerLag.ts";
import { outboxStatus, readFailingTopics } from "../../outbox/outboxStatus.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { secondsText } from "../../shared/secondsText.ts";
import type { Check, Figure } from "../runbook.ts";

/** Relays publish a due message within a second. */
const RECENT_MS = 10_000;

export const pendingFigure: Figure = {
  name: "unpublished messages",
  unit: "messages",
  read: async ({ core }) => (await core.outbox.backlog(null)).pending,
  bound: { above: 1_000 },
  meaning: "Consumers are behind by these messages; none of them is lost.",
};

export const oldestFigure: Figure = {
  name: "age of the oldest unpublished message",
  unit: "ms",
  read: async ({ core }) => Math.round((await core.outbox.backlog(null)).oldestPendingAgeMs),
  bound: { above: OLDEST_MS_MAX },
  meaning: "The relays do not publish, or Kafka takes no messages.",
};

export const failingTopicsFigure: Figure = {
  name: "topics whose messages fail",
  unit: "topics",
  read: async ({ core }) => (await readFailingTopics(core)).length,
  bound: { above: 0 },
  meaning: "`onsale outbox status` shows the error of each topic; it says what Kafka answered.",
};

export const unownedBucketsFigure: Figure = {
  name: "buckets without a relay",
  unit: "buckets",
  read: async ({ core }) => {
    const { buckets } = await outboxStatus(core);
    return buckets.filter(({ relay }) => relay === undefined).length;
  },
  bound: { above: 0 },
  meaning: "No worker publishes the messages of these buckets.",
};

export const everyBucketHasRelay: Check = {
  claim: "a relay has the lease of every bucket",
  async look({ core }) {
    const { buckets } = await outboxStatus(core);
    const without = buckets.filter(({ relay }) => relay === undefined).length;
    return {
      holds: without === 0,
      read: `${without} of ${buckets.length} buckets without a relay`,
    };
  },
};

export const brokerTakesMessages: Check = {
  claim: "Kafka answers, and accepts the messages of the outbox if any wait",
  async look({ core }) {
    try {
      await consumerLag(core);
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError)) throw error;
      return { holds: false, read: error.message };
    }
    const [failing] = await readFailingTopics(core);
    if (failing) return { holds: false, read: `${failing.topic}: ${failing.error}` };
    const { pending } = await core.outbox.backlog(null);
    const published = await core.outboxAdmin.countPublications(null, RECENT_MS, 1);
    const recent = `${published > 0 ? "some" : "none"} published in ${secondsText(RECENT_MS)}`;
    const read = `${pending} unpublished, ${recent}`;
    return { holds: pending === 0 || published > 0, read };
  },
};

export const backlogIsGone: Check = {
  claim: `no message waits longer than ${secondsText(OLDEST_MS_MAX)}`,
  async look({ core }) {
    const { pending, oldestPendingAgeMs } = await core.outbox.backlog(null);
    const read = `${pending} unpublished, the oldest for ${secondsText(oldestPendingAgeMs)}`;
    return { holds: oldestPendingAgeMs <= OLDEST_MS_MAX, read };
  },
};

export const deadFigure: Figure = {
  name: "dead messages",
  unit: "messages",
  read: async ({ core }) => (await core.outbox.backlog(null)).dead,
  bound: { above: 0 },
  meaning: "Kafka refused them at each attempt. `onsale outbox dead-letters list` shows them.",
};

export const blockedFigure: Figure = {
  name: "messages behind a failed one",
  unit: "messages",
  read: ({ core }) => core.outboxAdmin.countBlocked(null),
  bound: { above: 0 },
  meaning: "They are published in order after the failed message is published or discarded.",
};

export const noMessageDead: Check = {
  claim: "no message is DEAD",
  async look({ core }) {
    const { dead } = await core.outbox.backlog(null);
    return { holds: dead === 0, read: `${dead} DEAD` };
  },
};

/** A redriven message has no error before its first new attempt, but keeps its age. */
export const noMessageFails: Check = {
  claim: `no message fails, is DEAD, or waits longer than ${secondsText(OLDEST_MS_MAX)}`,
  async look({ core }) {
    const { pending, dead, oldestPendingAgeMs } = await core.outbox.backlog(null);
    const [failing] = await readFailingTopics(core);
    const error = failing ? `; ${failing.topic}: ${failing.error}` : "";
    const age = secondsText(oldestPendingAgeMs);
    return {
      holds: dead === 0 && !failing && oldestPendingAgeMs <= OLDEST_MS_MAX,
      read: `${dead} DEAD, ${pending} unpublished, the oldest for ${age}${error}`,
    };
  },
};
