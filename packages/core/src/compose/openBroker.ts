import type { ServersConfig } from "../config/readConfig.ts";
import type { ConsumerLagReader } from "../ports/consumerLag.ts";
import type { BrokerPorts } from "../ports/coreContext.ts";
import type { DependencyHealth, Logger } from "../ports/observability.ts";
import type { Clock } from "../shared/clock.ts";
import { DependencyUnavailableError } from "../shared/errors.ts";
import type { Role } from "./openedCore.ts";

export interface OpenedBroker {
  readonly ports: BrokerPorts;
  /** Empty in a process that never connects to the broker. */
  health(): readonly DependencyHealth[];
  close(): Promise<void>;
}

/**
 * Connects the broker ports to Kafka. The roles api and queue never connect: they do not load the
 * Kafka client, and publishing and consuming fail. Operators ask for the lag of consumers in such a
 * process too, so the lag reader loads the client at its first use.
 */
export async function openBroker(
  settings: ServersConfig["kafka"],
  role: Role,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<OpenedBroker> {
  const consumerLag: ConsumerLagReader = {
    async read(consumer, topics, oldAfterMs) {
      const { kafkaLagReader } = await import("../adapters/kafka/lagReader.ts");
      return kafkaLagReader(settings, clock, log).read(consumer, topics, oldAfterMs);
    },
  };
  if (role === "api" || role === "queue") {
    const ports = { publisher: { publish: refuse }, consumers: { run: refuse }, consumerLag };
    return { ports, health: () => [], close: () => Promise.resolve() };
  }
  const { openKafka } = await import("../adapters/kafka/connection.ts");
  const { kafkaConsumers } = await import("../adapters/kafka/consumers.ts");
  const { kafkaPublisher } = await import("../adapters/kafka/publisher.ts");
  const kafka = openKafka(settings, clock, log);
  return {
    ports: { publisher: kafkaPublisher(kafka), consumers: kafkaConsumers(kafka), consumerLag },
    health: () => [kafka.health()],
    close: () => kafka.close(),
  };
}

async function refuse(): Promise<never> {
  const cause = new Error("a process that only serves requests has no connection to the broker");
  throw new DependencyUnavailableError("kafka", { cause });
}
