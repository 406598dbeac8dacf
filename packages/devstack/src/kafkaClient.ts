import type { Kafka } from "kafkajs";

async function openKafka(brokers: string, timeoutMs: number): Promise<Kafka> {
  // kafkajs is a CommonJS package, so its exports are properties of the default export.
  const { default: kafkajs } = await import("kafkajs");
  return new kafkajs.Kafka({
    clientId: "onsale-devstack",
    brokers: brokers.split(","),
    connectionTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
}

/** Resolves when the cluster lists its topics within the time limit; rejects otherwise. */
export async function pingKafka(brokers: string, timeoutMs: number): Promise<void> {
  const kafka = await openKafka(brokers, timeoutMs);
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } finally {
    await admin.disconnect();
  }
}

/**
 * Time limit of the warm-up: after a start, the broker needs some seconds to load its group
 * coordinator.
 */
const WARM_UP_MAX_MS = 10_000;

/** Makes the broker create its offsets topic and load its coordinators. Ignores a failure. */
export async function warmUpKafka(brokers: string): Promise<void> {
  const kafka = await openKafka(brokers, WARM_UP_MAX_MS);
  const admin = kafka.admin({ retry: { retries: 20, initialRetryTime: 50, maxRetryTime: 200 } });
  try {
    await admin.connect();
    await admin.describeGroups(["onsale-devstack-ready"]);
  } catch {
    // A failed warm-up does no harm, because the retries of the first consumer have the same
    // effect.
  } finally {
    await admin.disconnect();
  }
}

/** The broker answers an admin request within this time, also while it is busy. */
const ADMIN_MAX_MS = 5_000;

/**
 * Replaces the configuration of a topic, for example `max.message.bytes`.
 * @param entries an empty list restores the broker's defaults
 */
export async function setTopicConfig(
  brokers: string,
  topic: string,
  entries: readonly { readonly name: string; readonly value: string }[],
): Promise<void> {
  const kafka = await openKafka(brokers, ADMIN_MAX_MS);
  const { default: kafkajs } = await import("kafkajs");
  const admin = kafka.admin();
  try {
    await admin.connect();
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    const resources = [{ type, name: topic, configEntries: [...entries] }];
    await admin.alterConfigs({ validateOnly: false, resources });
  } finally {
    await admin.disconnect();
  }
}

/** Deletes the topics whose name begins with the prefix, as after a measurement. */
export async function deleteTopics(brokers: string, prefix: string): Promise<void> {
  const kafka = await openKafka(brokers, ADMIN_MAX_MS);
  const admin = kafka.admin();
  try {
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
