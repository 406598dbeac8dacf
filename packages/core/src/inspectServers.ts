import { inspectKafka } from "./adapters/kafka/inspectKafka.ts";
import { inspectMysql } from "./adapters/mysql/inspectMysql.ts";
import { inspectRedis } from "./adapters/redis/inspectRedis.ts";
import type { OnsaleConfig } from "./config.ts";
import type { ServerInspection } from "./ports/serverInspection.ts";
import { systemClock } from "./shared/clock.ts";

/**
 * Visits the three servers side by side with connections of its own, for an operator who asks what
 * is wrong. Never throws: a server that is away is a finding.
 */
export async function inspectServers(config: OnsaleConfig): Promise<readonly ServerInspection[]> {
  return Promise.all([
    inspectMysql(config.mysql, systemClock),
    inspectRedis(config.redis.url, systemClock),
    inspectKafka(config.kafka, systemClock),
  ]);
}
