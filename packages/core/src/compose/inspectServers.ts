import type { ServersConfig } from "../config/readConfig.ts";
import type { ServerInspection } from "../ports/serverInspection.ts";
import { systemClock } from "../shared/clock.ts";

/**
 * Inspects the three servers in parallel, over connections of its own. For an operator who looks
 * for the cause of a problem. Never throws: a server that does not answer appears in the result.
 */
export async function inspectServers(config: ServersConfig): Promise<readonly ServerInspection[]> {
  const [{ inspectMysql }, { inspectRedis }, { inspectKafka }] = await Promise.all([
    import("../adapters/mysql/inspectMysql.ts"),
    import("../adapters/redis/inspectRedis.ts"),
    import("../adapters/kafka/inspectKafka.ts"),
  ]);
  return Promise.all([
    inspectMysql(config.mysql, systemClock),
    inspectRedis(config.redis, systemClock),
    inspectKafka(config.kafka, systemClock),
  ]);
}

/** Asks the brokers once whether they answer. Never throws. */
export async function inspectBrokers({ kafka }: ServersConfig): Promise<ServerInspection> {
  const { inspectKafka } = await import("../adapters/kafka/inspectKafka.ts");
  return inspectKafka(kafka, systemClock);
}
