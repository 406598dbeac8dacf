import type { CoreContext, PublishFailure } from "@onsale/core";
import type { Faults } from "./faults.ts";

/** The error of a refused attempt. */
const REFUSAL = "refused for now";

/**
 * A publisher whose broker refuses some messages at first. As with Kafka, the later messages of the
 * same key are then not sent.
 */
export function refusingPublisher(
  publisher: CoreContext["publisher"],
  faults: Faults,
): CoreContext["publisher"] {
  return {
    async publish(messages) {
      const blocked = new Set<string>();
      const refused: PublishFailure[] = [];
      const sent = messages.filter(({ messageId, key, headers }) => {
        const isBlocked = blocked.has(key);
        const message = `broker-${key}v${headers["aggregate-version"]}`;
        if (!isBlocked && !faults.refuses(message)) return true;
        blocked.add(key);
        refused.push({ messageId, error: REFUSAL, reason: isBlocked ? "blocked" : "refused" });
        return false;
      });
      return [...refused, ...(await publisher.publish(sent))];
    },
  };
}

/** The external platform of a run. */
export interface Platform {
  readonly webhook: CoreContext["webhook"];
  /** How often the platform accepted the notification of each message, by the message id. */
  readonly accepted: ReadonlyMap<string, number>;
}

/** A platform that refuses some notifications at first. */
export function refusingPlatform(faults: Faults): Platform {
  const accepted = new Map<string, number>();
  return {
    accepted,
    webhook: {
      async send({ messageId }) {
        if (faults.refuses(`platform-${messageId}`)) throw new Error(REFUSAL);
        accepted.set(messageId, (accepted.get(messageId) ?? 0) + 1);
      },
      capacity: () => Number.POSITIVE_INFINITY,
      probe: async () => undefined,
    },
  };
}
