import type { ConsumerLagReader } from "../../../ports/consumerLag.ts";
import { needed } from "../lostConnection.ts";
import type { ServerLink } from "../serverLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";

/** Reads the lag of a group at the in-memory broker, which creates a topic at its first use. */
export function memoryLagReader(broker: MemoryBroker, link: ServerLink): ConsumerLagReader {
  return {
    read: (group, topics, oldAfterMs) =>
      needed(
        "kafka",
        link.call("kafka", "broker.lag", () => ({
          group,
          partitions: broker.lagOf(group, topics, oldAfterMs),
          missingTopics: [],
        })),
      ),
  };
}
