import type { PublishedMessage } from "../../ports/publisher.ts";
import type { KafkaConnection } from "./connection.ts";
import type { RestoredTopics } from "./topicCreation.ts";

/** The topics that did not exist at the last look. */
export interface AbsentTopics {
  /** Whether a topic of these messages was missing at the last look. */
  includes(messages: readonly PublishedMessage[]): boolean;
  /**
   * Creates the topics that are missing, and logs each topic that goes missing or comes back.
   * @throws DependencyUnavailableError
   */
  restore(topics: readonly string[]): Promise<RestoredTopics>;
}

/** Remembers missing topics, so that the publisher restores them before a request names them. */
export function absentTopics({
  log,
  restoreTopics,
}: Pick<KafkaConnection, "log" | "restoreTopics">): AbsentTopics {
  const absent = new Map<string, string>();
  return {
    includes: (messages) => absent.size > 0 && messages.some(({ topic }) => absent.has(topic)),
    async restore(topics) {
      const restored = await restoreTopics(topics);
      for (const topic of topics) {
        const reason = restored.absent.get(topic);
        if (reason === undefined) {
          if (!absent.delete(topic) && !restored.created.includes(topic)) continue;
          log.warn({ event: "kafka.topic_restored", topic }, "A missing topic exists again");
        } else {
          if (absent.get(topic) !== reason) {
            log.error(
              { event: "kafka.topic_missing", topic, reason },
              "A topic does not exist and cannot be created; only its messages wait",
            );
          }
          absent.set(topic, reason);
        }
      }
      return restored;
    },
  };
}
