import {
  type CoreContext,
  createConcert,
  createPerformance,
  readServersConfig,
  type ServersConfig,
} from "@onsale/core";
import type { Stack } from "@onsale/devstack";

const SECRET = "only-for-tests-0123456789-0123456789";
const WEEK_MS = 7 * 24 * 3_600_000;

/** Settings for processes on servers that the test may stop or slow down. */
export function configOf(stack: Stack): ServersConfig {
  const { mysqlUrl, redisUrl, kafkaBrokers, kafkaIdempotent } = stack.urls;
  return readServersConfig({
    MYSQL_URL: mysqlUrl,
    REDIS_URL: redisUrl,
    KAFKA_BROKERS: kafkaBrokers.join(","),
    KAFKA_IDEMPOTENT: String(kafkaIdempotent),
    AUTH_MODE: "trusted",
    QUEUE_TOKEN_KEYS: `test:${SECRET}`,
    PORT: "0",
    LOG_LEVEL: "silent",
    QUEUE_ADMISSION_RATE_PER_MINUTE: "100000",
  });
}

/** Creates a concert in a week. @returns the ids of its seats, ascending */
export async function openSale(
  core: CoreContext,
  { seats, price }: { seats: number; price: number },
): Promise<number[]> {
  const concert = await createConcert(core, { title: "Outage", singer: "The Breakers" });
  const { performanceId } = await createPerformance(core, {
    concertId: concert.id,
    startsAt: new Date(core.clock.nowMs() + WEEK_MS),
    venue: "Hall",
    seats: Array.from({ length: seats }, (_unused, index) => ({
      seatNo: `A-${index}`,
      section: "A",
      price,
    })),
  });
  return (await core.seats.ofPerformance(null, performanceId)).map((seat) => seat.id);
}
