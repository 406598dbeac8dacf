import { Kafka, logLevel } from "kafkajs";
import type { ServerInspection } from "../../ports/serverInspection.ts";
import type { Clock } from "../../shared/clock.ts";

/** A broker that needs longer to connect counts as unreachable. */
const CONNECT_MS = 2_000;

/** Connects to the brokers once and describes them; never rejects. */
export async function inspectKafka(
  settings: { brokers: readonly string[]; topicPrefix: string },
  clock: Clock,
): Promise<ServerInspection> {
  if (settings.brokers.length === 0) {
    return { server: "kafka", reachable: false, reason: "KAFKA_BROKERS is not set", settings: [] };
  }
  const kafka = new Kafka({
    clientId: "onsale-doctor",
    brokers: [...settings.brokers],
    connectionTimeout: CONNECT_MS,
    requestTimeout: CONNECT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const startedMs = clock.monotonicMs();
    const cluster = await admin.describeCluster();
    const roundTripMs = clock.monotonicMs() - startedMs;
    const topics = await admin.listTopics();
    const own = topics.filter((topic) => topic.startsWith(settings.topicPrefix));
    const count = cluster.brokers.length;
    return {
      server: "kafka",
      reachable: true,
      version: `Kafka, ${count} broker${count === 1 ? "" : "s"}`,
      roundTripMs,
      settings: [
        {
          name: "topics",
          value: own.length === 0 ? "none yet" : own.join(", "),
          verdict: "ok",
          why: "the worker creates them when it starts",
        },
      ],
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message || error.name : String(error);
    return { server: "kafka", reachable: false, reason, settings: [] };
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
