import kafkajs, { type Admin } from "kafkajs";
import type { Logger } from "../../ports/observability.ts";
import type { Clock } from "../../shared/clock.ts";
import { REQUEST_MS_MAX } from "./session.ts";

/**
 * The number of partitions of each topic. At most this many consumers of one group can work in
 * parallel. More partitions than consumers cost little.
 */
const PARTITIONS = 6;
/**
 * A broker lists a new topic a moment after it has created it. kafkajs waits for that moment,
 * except when another caller has created one of the topics first. One second is longer than the
 * moment and much shorter than ADMIN_MS_MAX.
 */
const LOOKS_MAX = 10;
const LOOK_MS = 100;

/** The topics that were missing at a look. */
export interface RestoredTopics {
  /** Topics that exist again. */
  readonly created: readonly string[];
  /** For each topic that does not exist, why the broker did not create it. */
  readonly absent: ReadonlyMap<string, string>;
}

/** Creates topics. A refusal is only logged. */
export async function createTopics(
  admin: Admin,
  topics: readonly string[],
  log: Logger,
): Promise<void> {
  const refused = await refusalsOf(admin, topics);
  for (const [reason, group] of Map.groupBy(refused, ([, why]) => why)) {
    log.warn(
      { event: "kafka.topic_creation_refused", topics: group.map(([topic]) => topic), reason },
      "The broker refused to create topics; create them by hand if they are missing",
    );
  }
}

/**
 * Creates the missing topics.
 * @param ensured loses the names of the topics that were missing
 */
export async function restoreTopics(
  admin: Admin,
  clock: Clock,
  wanted: readonly string[],
  ensured: Set<string>,
): Promise<RestoredTopics> {
  const missingOf = async (): Promise<string[]> => {
    const existing = new Set(await admin.listTopics());
    return wanted.filter((topic) => !existing.has(topic));
  };
  const missing = await missingOf();
  if (missing.length === 0) return { created: [], absent: new Map() };
  for (const topic of missing) ensured.delete(topic);
  const refused = await refusalsOf(admin, missing);
  const isAwaited = (topic: string): boolean => !refused.has(topic);
  let still = await missingOf();
  for (let look = 1; still.some(isAwaited) && look < LOOKS_MAX; look += 1) {
    await clock.sleep(LOOK_MS);
    still = await missingOf();
  }
  const absent = new Map(still.map((topic) => [topic, absenceText(refused.get(topic))]));
  return { created: missing.filter((topic) => !absent.has(topic)), absent };
}

/** A broker also hides topics from a user who may not describe them. */
function absenceText(refusal: string | undefined): string {
  return refusal === undefined
    ? "it was created, and the broker does not list it yet or hides it from this user"
    : `it does not exist or is hidden from this user, and its creation failed: ${refusal}`;
}

/** Creates topics. @returns the topics that the broker refused, with the type of its error */
async function refusalsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  try {
    await admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS })),
      timeout: REQUEST_MS_MAX,
    });
    return new Map();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // The text of the whole is "Topic creation errors"; each topic has an error of its own.
    if (error instanceof kafkajs.KafkaJSAggregateError) return ofEachTopic(error.errors);
    const reason = error instanceof kafkajs.KafkaJSProtocolError ? error.type : String(error);
    return new Map(topics.map((topic) => [topic, reason]));
  }
}

/** A topic that another caller created meanwhile is not refused. */
function ofEachTopic(errors: readonly (Error | string)[]): ReadonlyMap<string, string> {
  const refused = new Map<string, string>();
  for (const error of errors) {
    if (!(error instanceof kafkajs.KafkaJSProtocolError && "topic" in error)) continue;
    if (error.type !== "TOPIC_ALREADY_EXISTS") refused.set(String(error.topic), error.type);
  }
  return refused;
}

/** True when the broker refused the request and would refuse it again. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof kafkajs.KafkaJSAggregateError ||
    error instanceof kafkajs.KafkaJSServerDoesNotSupportApiKey ||
    (error instanceof kafkajs.KafkaJSProtocolError && !error.retriable)
  );
}
