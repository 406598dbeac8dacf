import type { ServersConfig } from "../config/readConfig.ts";
import type { ServerInspection } from "../ports/serverInspection.ts";
import { systemClock } from "../shared/clock.ts";

/**
 * Visits the three servers side by side with connections of its own, for an operator who asks what
 * is wrong. Never throws: a server that is away is a finding.
 */
export async function inspectServers(config: ServersConfig): Promise<readonly ServerInspection[]> {
  const [{ inspectMysql }, { inspectRedis }, { inspectKafka }] = await Promise.all([
    import("../adapters/mysql/inspectMysql.ts"),
    import("../adapters/redis/inspectRedis.ts"),
    import("../adapters/kafka/inspectKafka.ts"),
  ]);
  return Promise.all([
    inspectMysql(config.mysql, systemClock),
    inspectRedis(config.redis.url, systemClock),
    inspectKafka(config.kafka, systemClock),
  ]);
}
