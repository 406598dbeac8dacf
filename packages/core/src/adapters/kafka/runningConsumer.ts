import type { Consumer, EachMessagePayload, Kafka } from "kafkajs";
import type { ConsumerSubscription, ReceivedMessage } from "../../ports/consumer.ts";
import { untilApplied } from "../shared/redelivery.ts";
import { causeOf, type KafkaConnection } from "./connection.ts";
import { RETRY } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/** The broker removes a consumer without heartbeats after this; it must be 6 s or more. */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const REBALANCE_MS = 15_000;
/** A stop waits for the fetch in flight, so a fetch must not wait long for new messages. */
const FETCH_WAIT_MS = 250;
/** From the first connection to the start of consuming. */
const START_MS_MAX = 20_000;
/** Covers a fetch, the message in flight and leaving the group. */
const STOP_MS_MAX = 4_000;

/** Partitions by topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** A consumer as a member of its group; the supervisor replaces it when it crashes or stalls. */
export interface RunningGroupMember {
  readonly groupId: string;
  /** Undefined until the group has assigned partitions. */
  readonly assignment: Assignment | undefined;
  /** Grows with every message that is tried or applied. */
  readonly beats: number;
  /** The reason when it ended by itself. */
  readonly crash: string | undefined;
  /** Takes `STOP_MS_MAX` at most; afterwards only a message in flight still runs. */
  stop(): Promise<void>;
}

class StoppedError extends Error {}

interface MemberState {
  assignment?: Assignment;
  beats: number;
  crash?: string;
}

/**
 * Joins the group and passes messages to the subscription one by one.
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
  const state: MemberState = { beats: 0 };
  const session = connection.session();
  const consumer = memberOf(session.kafka, groupId, state, onCrash);
  const eachMessage = applier(connection, subscription, state, stopping.signal);

  async function start(): Promise<void> {
    await consumer.connect();
    await connection.ensureTopics(subscription.topics);
    await consumer.subscribe({ topics: [...subscription.topics], fromBeginning: true });
    await consumer.run({ eachMessage });
  }

  try {
    await withinTime(clock, START_MS_MAX, start(), signal);
  } catch (error) {
    // No message is in flight yet, so there is no reason to wait.
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
    async stop() {
      stopping.abort();
      const leaving = withinTime(clock, STOP_MS_MAX, consumer.disconnect());
      await leaving.catch((error: unknown) => {
        log.warn(
          {
            event: "consumer.stop_timed_out",
            consumer: subscription.consumer,
            reason: causeOf(error),
          },
          "A consumer did not stop in time; its connections were closed",
        );
      });
      session.cut();
    },
  };
}

/** A consumer of the library that records its crash and its partitions in `state`. */
function memberOf(
  kafka: Kafka,
  groupId: string,
  state: MemberState,
  onCrash: () => void,
): Consumer {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    // The supervisor restarts; a second restart by the library would make two consumers.
    retry: { ...RETRY, restartOnFailure: async () => false },
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    state.crash = causeOf(payload.error);
    onCrash();
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    state.assignment = payload.memberAssignment;
  });
  return consumer;
}

/**
 * Commits an offset only after its message was applied. A failed message delays its partition while
 * heartbeats continue; after a stop its offset stays uncommitted.
 */
function applier(
  { clock, log }: KafkaConnection,
  subscription: ConsumerSubscription,
  state: MemberState,
  stopping: AbortSignal,
) {
  const beating: ConsumerSubscription = {
    ...subscription,
    async handle(message) {
      state.beats += 1;
      await subscription.handle(message);
      state.beats += 1;
    },
  };
  return async ({ topic, partition, message, heartbeat }: EachMessagePayload): Promise<void> => {
    const wasApplied = await untilApplied(
      beating,
      toReceived(topic, partition, message),
      stopping,
      {
        clock,
        log,
        reasonOf: causeOf,
        async keepsPlace() {
          await heartbeat();
          return true;
        },
      },
    );
    if (!wasApplied) throw new StoppedError("the consumer stops");
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
