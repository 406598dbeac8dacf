import type { Consumer, EachMessagePayload } from "kafkajs";
import type { ConsumerSubscription, ReceivedMessage } from "../../ports/consumer.ts";
import { causeOf, type KafkaConnection } from "./connection.ts";
import { RETRY } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/** The group notices a worker that died after this; brokers allow 6 s at least. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const REBALANCE_MS = 15_000;
/** A stop waits for the fetch in flight, so a fetch may not wait long for new messages. */
const FETCH_WAIT_MS = 250;
/** From the first connection to having partitions. */
const START_MS_MAX = 20_000;
/** A fetch, the message in flight and leaving the group. */
const STOP_MS_MAX = 4_000;
/** Pauses before a message that failed is tried again: twice as long each time. */
const REDELIVERY_BASE_MS = 100;
const REDELIVERY_CEILING_MS = 5_000;

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** One life of a consumer in its group; a supervisor replaces it when it crashed or does not move. */
export interface RunningGroupMember {
  readonly groupId: string;
  /** Undefined until the group has given out partitions. */
  readonly assignment: Assignment | undefined;
  readonly beats: number;
  /** Why it ended by itself. */
  readonly crash: string | undefined;
  /** Bounded; after it nothing more is handed to the subscription, except a message in flight. */
  stop(): Promise<void>;
}

class StoppedError extends Error {}

/**
 * Joins the group and hands over one message after the other. An offset is committed only after the message was
 * applied; one that fails comes again and holds up its partition, with heartbeats, until it succeeds.
 * @param onCrash called once when the consumer ends by itself
 */
export async function joinGroup(
  connection: KafkaConnection,
  subscription: ConsumerSubscription,
  signal: AbortSignal,
  onCrash: () => void,
): Promise<RunningGroupMember> {
  const { clock, log, settings } = connection;
  const groupId = `${settings.topicPrefix}${subscription.consumer}`;
  const stopping = new AbortController();
  const state: { assignment?: Assignment; beats: number; crash?: string } = { beats: 0 };
  const session = connection.session();
  const consumer = session.kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    // Restarting is the supervisor's: two who restart would make two consumers.
    retry: { ...RETRY, restartOnFailure: async () => false },
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    state.crash = causeOf(payload.error);
    onCrash();
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    state.assignment = payload.memberAssignment;
  });

  async function eachMessage({ topic, partition, message, heartbeat }: EachMessagePayload) {
    const received = toReceived(topic, partition, message);
    for (let attempt = 1; ; attempt += 1) {
      state.beats += 1;
      try {
        await subscription.handle(received);
        state.beats += 1;
        return;
      } catch (error) {
        const { messageId } = received;
        log.warn(
          { consumer: subscription.consumer, topic, messageId, attempt, reason: causeOf(error) },
          "A message could not be applied and will come again",
        );
      }
      await pause(Math.min(REDELIVERY_CEILING_MS, REDELIVERY_BASE_MS * 2 ** (attempt - 1)));
      await heartbeat();
    }
  }

  /** The offset stays uncommitted when the consumer stops meanwhile. */
  async function pause(ms: number): Promise<void> {
    await clock.sleep(ms, stopping.signal);
    if (stopping.signal.aborted) throw new StoppedError("the consumer stops");
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await withinTime(clock, STOP_MS_MAX, consumer.disconnect()).catch((error: unknown) => {
      log.warn(
        { consumer: subscription.consumer, reason: causeOf(error) },
        "A consumer was cut off",
      );
    });
    session.cut();
  }

  async function start(starting: Consumer): Promise<void> {
    await starting.connect();
    await connection.ensureTopics(subscription.topics);
    await starting.subscribe({ topics: [...subscription.topics], fromBeginning: true });
    await starting.run({ eachMessage });
  }

  try {
    await withinTime(clock, START_MS_MAX, start(consumer), signal);
  } catch (error) {
    // Nothing is in flight that would be worth waiting for.
    stopping.abort();
    session.cut();
    throw error;
  }
  return {
    groupId,
    get assignment() {
      return state.assignment;
    },
    get beats() {
      return state.beats;
    },
    get crash() {
      return state.crash;
    },
    stop,
  };
}

function toReceived(
  topic: string,
  partition: number,
  message: EachMessagePayload["message"],
): ReceivedMessage {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers ?? {})) {
    if (value !== undefined) headers[name] = String(value);
  }
  return {
    messageId: headers["message-id"] ?? "",
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString() ?? "",
    value: message.value?.toString() ?? "",
    headers,
  };
}
