import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from "kafkajs";
import type { ConsumerSubscription, ReceivedMessage } from "../../ports/consumer.ts";
import { applyInOrder, groupsOf, type Redelivery } from "../shared/redelivery.ts";
import { causeOf, type KafkaConnection } from "./connection.ts";
import { RETRY } from "./session.ts";
import { withinTime } from "./withinTime.ts";

/**
 * Kafka's session.timeout.ms, at least 6 s: the broker removes a member after this time without
 * heartbeats.
 */
const SESSION_MS = 10_000;
const HEARTBEAT_MS = 2_000;
const REBALANCE_MS = 15_000;
/** `stop` waits for the running fetch, so a fetch must not wait long for new messages. */
const FETCH_WAIT_MS = 250;
/**
 * A consumer that takes groups waits, up to `FETCH_WAIT_MS`, until its partitions have this many
 * bytes: about a group of the largest size. Without the wait, a consumer that keeps up gets its
 * messages one by one.
 */
const GROUP_BYTES = 65_536;
/** Time limit from the first connection to the start of consuming. */
const START_MS_MAX = 20_000;
/**
 * Time limit of `stop`: enough for the running fetch, the message that is being applied, and
 * leaving the group.
 */
const STOP_MS_MAX = 4_000;

/** The partition numbers of each topic. */
export type Assignment = Readonly<Record<string, readonly number[]>>;

/** A member of a consumer group. The supervisor replaces the member when it crashes or stalls. */
export interface RunningGroupMember {
  readonly groupId: string;
  /** The topics that it reads: those of its subscription that exist. */
  readonly topics: readonly string[];
  /** Topics of its subscription that do not exist, each with the reason. */
  readonly absentTopics: ReadonlyMap<string, string>;
  /** Undefined until the group has assigned partitions. */
  readonly assignment: Assignment | undefined;
  /** Counts attempts to apply a message, and successes. A higher number shows progress. */
  readonly beats: number;
  /** The reason when the consumer ended without a call of `stop`. */
  readonly crash: string | undefined;
  /** Stops within `STOP_MS_MAX`. A message that is being applied may still run afterwards. */
  stop(): Promise<void>;
}

class StoppedError extends Error {}

interface MemberState {
  absentTopics: ReadonlyMap<string, string>;
  assignment?: Assignment;
  beats: number;
  crash?: string;
}

/**
 * Joins the group and passes messages to the subscription in their order.
 * @param onCrash called once when the consumer ends without a call of `stop`
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
  const state: MemberState = { absentTopics: new Map(), beats: 0 };
  const session = connection.session();
  const minBytes = subscription.handleGroup ? GROUP_BYTES : 1;
  const consumer = memberOf(session.kafka, { groupId, minBytes }, state, onCrash);
  const eachBatch = applier(connection, subscription, state, stopping.signal);

  const existingTopics = (): string[] =>
    subscription.topics.filter((topic) => !state.absentTopics.has(topic));

  async function start(): Promise<void> {
    await consumer.connect();
    // kafkajs refuses a subscription to a topic that does not exist, and with it all other topics.
    state.absentTopics = (await connection.restoreTopics(subscription.topics)).absent;
    const topics = existingTopics();
    if (topics.length === 0) throw new Error("none of the topics exists");
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({ eachBatch, eachBatchAutoResolve: false });
  }

  try {
    await withinTime(clock, START_MS_MAX, start(), signal);
  } catch (error) {
    // No message is being applied yet, so `stop` has nothing to wait for.
    stopping.abort();
    session.cut();
    throw error;
  }
  return {
    groupId,
    topics: existingTopics(),
    absentTopics: state.absentTopics,
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

/** Creates a kafkajs consumer that records its crash and its partitions in `state`. */
function memberOf(
  kafka: Kafka,
  { groupId, minBytes }: { readonly groupId: string; readonly minBytes: number },
  state: MemberState,
  onCrash: () => void,
): Consumer {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_MS,
    minBytes,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    // The supervisor restarts a crashed consumer. If kafkajs restarted it too, there would be two
    // consumers.
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
 * Commits an offset only after the message was applied. A message that fails is retried and delays
 * its partition; heartbeats continue. When the consumer stops before a message was applied, the
 * offset of that message is not committed.
 */
function applier(
  { clock, log }: KafkaConnection,
  subscription: ConsumerSubscription,
  state: MemberState,
  stopping: AbortSignal,
) {
  const beating = withBeats(subscription, state);
  return async (payload: EachBatchPayload): Promise<void> => {
    const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary } = payload;
    const { topic, partition } = batch;
    const redelivery: Redelivery = {
      ...{ clock, log, reasonOf: causeOf },
      async keepsPlace() {
        await heartbeat();
        return true;
      },
    };
    for (const group of groupsOf(beating, batch.messages)) {
      if (!payload.isRunning() || payload.isStale()) return;
      const messages = group.map((message) => toReceived(topic, partition, message));
      const applied = await applyInOrder(beating, messages, stopping, redelivery);
      const last = group[applied - 1];
      if (last) resolveOffset(last.offset);
      if (applied < group.length) throw new StoppedError("the consumer stops");
      await heartbeat();
      await commitOffsetsIfNecessary();
    }
  };
}

/** Counts the attempts and successes of the handlers. */
function withBeats(subscription: ConsumerSubscription, state: MemberState): ConsumerSubscription {
  const { handle, handleGroup } = subscription;
  async function beating<Result>(work: () => Promise<Result>): Promise<Result> {
    state.beats += 1;
    const result = await work();
    state.beats += 1;
    return result;
  }
  return {
    ...subscription,
    handle: (message) => beating(() => handle(message)),
    ...(handleGroup && { handleGroup: (messages) => beating(() => handleGroup(messages)) }),
  };
}

function toReceived(topic: string, partition: number, message: KafkaMessage): ReceivedMessage {
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
