import type { Publisher } from "../../../ports/publisher.ts";
import { needed } from "../lostConnection.ts";
import type { ServerLink } from "../serverLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";

/**
 * The publisher of one process: one round trip for all messages. When the answer is lost, the
 * messages may be stored, and publishing them again stores them twice, as with Kafka.
 */
export function memoryPublisher(broker: MemoryBroker, link: ServerLink): Publisher {
  return {
    async publish(messages) {
      if (messages.length === 0) return [];
      const call = link.call("kafka", "broker.publish", () => broker.publish(messages));
      return needed("kafka", call);
    },
  };
}
