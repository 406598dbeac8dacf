import type { Kafka } from "kafkajs";

/** A message of a topic. */
export interface TopicRecord {
  readonly key: string;
  /** The header `aggregate-version`. */
  readonly version: number;
  /** When the broker stored the record, ms since the epoch. */
  readonly atMs: number;
}

/** A topic that a measurement reads. */
export interface MeasuredTopic {
  /**
   * Reads the next records, in the order of each partition.
   * @returns fewer than `count` when the broker has no more of them
   */
  read(count: number): Promise<readonly TopicRecord[]>;
  /** Deletes the topic. */
  close(): Promise<void>;
}

const PARTITIONS = 6;
const RETRIES = 10;
/** A new consumer joins its group in a few seconds, on a busy machine in more. */
const JOIN_MAX_MS = 30_000;
/** When no record arrives for this time, the topic has no more. */
const QUIET_MS = 5_000;
const FETCH_WAIT_MS = 100;

/** Creates a topic whose records get the time at which the broker stores them. */
export async function openMeasuredTopic(brokers: string, topic: string): Promise<MeasuredTopic> {
  const { default: kafkajs } = await import("kafkajs");
  const kafka = new kafkajs.Kafka({
    clientId: "onsale-devstack",
    brokers: brokers.split(","),
    retry: { retries: RETRIES },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: "message.timestamp.type", value: "LogAppendTime" }];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: PARTITIONS, configEntries }],
  });
  return {
    read: (count) => readRecords(kafka, topic, count),
    async close() {
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
}

/**
 * Reads with a consumer that lives only now, so that the broker's work for it is not part of a
 * measurement. It continues where the last one committed.
 */
async function readRecords(kafka: Kafka, topic: string, count: number): Promise<TopicRecord[]> {
  const records: TopicRecord[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  let quiet = setTimeout(resolve, JOIN_MAX_MS);
  const consumer = kafka.consumer({
    groupId: `${topic}.measurement`,
    maxWaitTimeInMs: FETCH_WAIT_MS,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { key, headers, timestamp } of batch.messages) {
        const version = Number(headers?.["aggregate-version"]?.toString());
        records.push({ key: key?.toString() ?? "", version, atMs: Number(timestamp) });
      }
      clearTimeout(quiet);
      quiet = setTimeout(resolve, QUIET_MS);
      if (records.length >= count) resolve();
    },
  });
  await done;
  clearTimeout(quiet);
  await consumer.disconnect();
  return records;
}
