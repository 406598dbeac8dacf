import kafkajs, { type Producer } from "kafkajs";
import type { PublishedMessage, Publisher, PublishFailure } from "../../ports/publisher.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { blockedFailure, blockedKeys } from "../shared/blockedKeys.ts";
import { type AbsentTopics, absentTopics } from "./absentTopics.ts";
import { causeOf, type KafkaConnection } from "./connection.ts";
import { type KafkaSession, RETRY } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/**
 * Time limit of one request, including its retries. If the relay's lease expires in this time, the
 * relay cannot mark the messages as published.
 */
const PUBLISH_MS_MAX = 4_000;
const CONNECT_MS_MAX = 4_000;
/** Five retries take about 1.5 s. In this time the partitions of a new topic get their leaders. */
const RETRIES_MAX = 5;
/**
 * Total size of the values in one request. Kafka's default limit for a record batch of one
 * partition is 1 MiB (message.max.bytes), and all messages of a request can belong to one
 * partition. The rest of the 1 MiB is for keys, headers and framing.
 */
const REQUEST_BYTES_MAX = 700_000;
/** acks=all: all in-sync replicas must acknowledge a message. */
const ACKS_ALL = -1;

/** Error types of a topic that accepts no messages at the moment; other topics may accept some. */
const TOPIC_TYPES: ReadonlySet<string> = new Set([
  "UNKNOWN_TOPIC_OR_PARTITION",
  "TOPIC_AUTHORIZATION_FAILED",
  "LEADER_NOT_AVAILABLE",
  "NOT_LEADER_FOR_PARTITION",
  "NOT_ENOUGH_REPLICAS",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  "REPLICA_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
  "POLICY_VIOLATION",
  "INVALID_TOPIC_EXCEPTION",
]);

/** Error types of messages that the broker never accepts. A retry cannot succeed. */
const POISON_TYPES: ReadonlySet<string> = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TIMESTAMP",
]);

/**
 * The publisher on Kafka. After any failure the publisher replaces the producer. The reason:
 * kafkajs reuses the sequence numbers of a failed request, although some partitions may have stored
 * that request. The broker would then discard the producer's next messages as duplicates. A second
 * reason: a kafkajs client that has once named a deleted topic names it in every later request for
 * metadata, and all these requests fail.
 *
 * When a topic accepts no messages (it was deleted, or lacks a leader or replicas), the publisher
 * creates it again if it is missing, and then sends one request for each topic, so that messages of
 * the other topics go on. Messages of the topic fail with the reason "topic".
 */
export function kafkaPublisher(connection: KafkaConnection): Publisher {
  const { clock, log, settings } = connection;
  let open: { readonly session: KafkaSession; readonly producer: Promise<Producer> } | undefined;

  function connect() {
    const session = connection.session();
    const producer = session.kafka.producer({
      idempotent: settings.idempotent,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: true,
      retry: { ...RETRY, retries: RETRIES_MAX },
    });
    return { session, producer: producer.connect().then(() => producer) };
  }

  /**
   * Destroys the sockets instead of disconnecting, so that the broker cannot store an abandoned
   * request later.
   */
  function drop(): void {
    open?.session.cut();
    open = undefined;
  }

  const send = oneAtATime(async (messages) => {
    try {
      await connection.ensureTopics(messages.map(({ topic }) => topic));
      open ??= connect();
      const producer = await withinTime(clock, CONNECT_MS_MAX, open.producer);
      const request = producer.sendBatch({
        acks: ACKS_ALL,
        timeout: PUBLISH_MS_MAX,
        topicMessages: byTopic(messages),
      });
      await withinTime(clock, PUBLISH_MS_MAX, request);
      return undefined;
    } catch (cause) {
      drop();
      const poison = protocolTypeOf(cause, POISON_TYPES);
      if (poison && messages[0]) {
        return { messageId: messages[0].messageId, error: poison, reason: "refused" };
      }
      log.debug(
        { event: "kafka.publish_failed", reason: causeOf(cause), messageCount: messages.length },
        "A request to publish messages failed",
      );
      if (cause instanceof DependencyUnavailableError) throw cause;
      throw new DependencyUnavailableError("kafka", { cause });
    }
  });

  connection.onClose(async () => {
    const producer = await open?.producer.catch(() => undefined);
    await producer?.disconnect();
    drop();
  });

  return publisherByTopic(absentTopics(connection), send);
}

/** Publishes all topics together, and topic by topic after one of them accepted no messages. */
function publisherByTopic(absent: AbsentTopics, send: Send): Publisher {
  async function publishByTopic(
    messages: readonly PublishedMessage[],
  ): Promise<readonly PublishFailure[]> {
    const failures: PublishFailure[] = [];
    const topics = Map.groupBy(messages, ({ topic }) => topic);
    const restored = await absent.restore([...topics.keys()]);
    for (const [topic, ofTopic] of topics) {
      const why = restored.absent.get(topic);
      const failed = why === undefined ? await publishTopic(ofTopic) : unsent(ofTopic, topic, why);
      failures.push(...failed);
    }
    return failures;
  }

  async function publishTopic(messages: readonly PublishedMessage[]) {
    try {
      return await publishInChunks(messages, send);
    } catch (error) {
      const type = protocolTypeOf(error, TOPIC_TYPES);
      const [first] = messages;
      if (type === undefined || !first) throw error;
      return unsent(messages, first.topic, type);
    }
  }

  /**
   * Returns true when a topic is the cause. kafkajs can spend the whole time limit on retries for a
   * deleted topic, so after a failure without a type the function looks whether the topics exist.
   */
  async function isOfTopic(error: unknown, messages: readonly PublishedMessage[]) {
    if (protocolTypeOf(error, TOPIC_TYPES) !== undefined) return true;
    const topics = [...new Set(messages.map(({ topic }) => topic))];
    const restored = await absent.restore(topics).catch(() => undefined);
    return restored !== undefined && restored.created.length + restored.absent.size > 0;
  }

  return {
    async publish(messages) {
      if (absent.includes(messages)) return publishByTopic(messages);
      try {
        return await publishInChunks(messages, send);
      } catch (error) {
        if (!(await isOfTopic(error, messages))) throw error;
        return publishByTopic(messages);
      }
    },
  };
}

/** The failures of messages whose topic accepts no messages at the moment. */
function unsent(
  messages: readonly PublishedMessage[],
  topic: string,
  why: string,
): readonly PublishFailure[] {
  const error = `topic ${topic} accepts no messages: ${why}`;
  return messages.map(({ messageId }) => ({ messageId, error, reason: "topic" }));
}

type Send = (messages: readonly PublishedMessage[]) => Promise<PublishFailure | undefined>;

/**
 * Sends one request at a time. A request that the same producer sends after a failed request would
 * carry wrong sequence numbers. So when a request fails, the requests that wait for it fail too.
 */
function oneAtATime(send: Send): Send {
  let last = Promise.resolve();
  let outages = 0;
  return async (messages) => {
    const outagesSeen = outages;
    const before = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    await before;
    try {
      if (outages !== outagesSeen) throw new DependencyUnavailableError("kafka");
      return await send(messages);
    } catch (error) {
      outages += 1;
      throw error;
    } finally {
      resolve();
    }
  };
}

/**
 * Sends as few requests as the size limit allows. When the broker refuses a request because of one
 * message, the function sends each half of the request again, until a request with one message
 * identifies the message. The later messages of its key are blocked.
 * @param send resolves with a failure when the broker refused the request because of its content
 */
export async function publishInChunks(
  messages: readonly PublishedMessage[],
  send: Send,
): Promise<readonly PublishFailure[]> {
  const failures: PublishFailure[] = [];
  const blocked = blockedKeys();

  async function sendOrSplit(chunk: readonly PublishedMessage[]): Promise<void> {
    failures.push(...chunk.filter(blocked.has).map(blockedFailure));
    const free = chunk.filter((message) => !blocked.has(message));
    const [first] = free;
    if (first === undefined) return;
    const failure = await send(free);
    if (!failure) return;
    if (free.length === 1) {
      failures.push(failure);
      blocked.add(first);
      return;
    }
    const middle = Math.ceil(free.length / 2);
    await sendOrSplit(free.slice(0, middle));
    await sendOrSplit(free.slice(middle));
  }

  for (const chunk of chunksOf(messages)) await sendOrSplit(chunk);
  return failures;
}

/** Splits messages in order. A message above the limit becomes a chunk of its own. */
function chunksOf(messages: readonly PublishedMessage[]): PublishedMessage[][] {
  const chunks: PublishedMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    const size = Buffer.byteLength(message.value);
    bytes += size;
    const last = chunks.at(-1);
    if (last && bytes <= REQUEST_BYTES_MAX) {
      last.push(message);
    } else {
      chunks.push([message]);
      bytes = size;
    }
  }
  return chunks;
}

function byTopic(messages: readonly PublishedMessage[]) {
  const topics = Map.groupBy(messages, ({ topic }) => topic);
  return [...topics].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
  }));
}

/** The type of the first error in the chain of causes that is one of these types. */
function protocolTypeOf(error: unknown, types: ReadonlySet<string>): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof kafkajs.KafkaJSProtocolError && types.has(error.type)) return error.type;
  return protocolTypeOf(error.cause, types);
}
