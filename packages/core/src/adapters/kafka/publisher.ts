import kafkajs, { type Producer } from "kafkajs";
import type { PublishedMessage, Publisher, PublishFailure } from "../../ports/publisher.ts";
import { DependencyUnavailableError } from "../../shared/errors.ts";
import { blockedFailure, blockedKeys } from "../shared/blockedKeys.ts";
import { causeOf, type KafkaConnection } from "./connection.ts";
import { type KafkaSession, RETRY } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/** All tries of one request. A relay whose lease runs out meanwhile marks nothing. */
const PUBLISH_MS_MAX = 4_000;
const CONNECT_MS_MAX = 4_000;
/** Within some 1.5 s a new topic's partitions have found their leaders. */
const RETRIES_MAX = 5;
/**
 * Values in one request. Kafka's default limit for a batch of one partition is 1 MiB
 * (message.max.bytes), and the whole request may land in one partition; keys, headers and framing
 * need the rest.
 */
const REQUEST_BYTES_MAX = 700_000;
/** All replicas that are in sync. */
const ACKS_ALL = -1;

/** What a broker says of a message that no retry will make acceptable. */
const POISON_TYPES: ReadonlySet<string> = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TIMESTAMP",
]);

/**
 * The publisher over Kafka. After any failure the producer is replaced: the library takes the
 * sequence numbers of a failed request back although some partitions may have stored it, and a
 * producer that goes on would have its next messages taken for repetitions and thrown away.
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

  /** Cut, not disconnected: a request that was given up must not be stored later. */
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
      const poison = poisonType(cause);
      if (poison && messages[0]) {
        return { messageId: messages[0].messageId, error: poison, poison: true };
      }
      log.debug({ reason: causeOf(cause), messages: messages.length }, "Publishing failed");
      if (cause instanceof DependencyUnavailableError) throw cause;
      throw new DependencyUnavailableError("kafka", { cause });
    }
  });

  connection.onClose(async () => {
    const producer = await open?.producer.catch(() => undefined);
    await producer?.disconnect();
    drop();
  });
  return { publish: (messages) => publishInChunks(messages, send) };
}

type Send = (messages: readonly PublishedMessage[]) => Promise<PublishFailure | undefined>;

/**
 * One request at a time: what follows a failed one on the same producer would carry the wrong
 * sequence numbers. Those who wait while the broker turns out to be away fail with the first.
 */
function oneAtATime(send: Send): Send {
  let turn = Promise.resolve();
  let outages = 0;
  return async (messages) => {
    const outagesSeen = outages;
    const before = turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    turn = promise;
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
 * Sends as few requests as the size limit allows. When a request is refused for one of its
 * messages, each of them goes alone, so that the one to blame is found; behind it nothing of its
 * key goes out.
 * @param send answers with a failure when the broker refused the request for what is in it
 */
export async function publishInChunks(
  messages: readonly PublishedMessage[],
  send: Send,
): Promise<readonly PublishFailure[]> {
  const failures: PublishFailure[] = [];
  const blocked = blockedKeys();

  async function sendAlone(message: PublishedMessage): Promise<void> {
    if (blocked.has(message)) {
      failures.push(blockedFailure(message));
      return;
    }
    const failure = await send([message]);
    if (!failure) return;
    failures.push(failure);
    blocked.add(message);
  }

  for (const chunk of chunksOf(messages)) {
    const free = chunk.every((message) => !blocked.has(message));
    if (chunk.length > 1 && free && !(await send(chunk))) continue;
    for (const message of chunk) await sendAlone(message);
  }
  return failures;
}

/** In order; a message that is larger than the limit makes a chunk of its own. */
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

function poisonType(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof kafkajs.KafkaJSProtocolError && POISON_TYPES.has(error.type)) {
    return error.type;
  }
  return poisonType(error.cause);
}
