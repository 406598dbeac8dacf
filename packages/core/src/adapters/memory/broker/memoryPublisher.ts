import type { Publisher } from "../../../ports/publisher.ts";
import { needed } from "../lostConnection.ts";
import type { ServerLink } from "../serverLink.ts";
import type { MemoryBroker } from "./memoryBroker.ts";

/**
 * The publisher of one process. One round trip sends all messages. When the answer is lost, the
 * broker may have stored the messages, and a repetition stores them twice, as with Kafka.
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
