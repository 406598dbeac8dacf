import kafkajs, { type Admin } from "kafkajs";
import type { KafkaConfig } from "../../config/serverConfig.ts";
import type { InspectedSetting, ServerInspection } from "../../ports/serverInspection.ts";
import type { Clock } from "../../shared/clock.ts";
import { notVisible } from "../shared/notVisible.ts";
import { tlsReason } from "../shared/tlsReason.ts";
import { clientOptions } from "./clientOptions.ts";
import { causeOf } from "./connection.ts";
import { openSocket } from "./openSocket.ts";

/** A broker that needs longer to connect counts as unreachable. */
const CONNECT_MS = 2_000;

/** Connects to the brokers once and describes them; never rejects. */
export async function inspectKafka(settings: KafkaConfig, clock: Clock): Promise<ServerInspection> {
  if (settings.brokers.length === 0) {
    return { server: "kafka", reachable: false, reason: "KAFKA_BROKERS is not set", settings: [] };
  }
  const kafka = new kafkajs.Kafka({
    ...clientOptions(settings),
    clientId: "onsale-doctor",
    socketFactory: openSocket,
    connectionTimeout: CONNECT_MS,
    requestTimeout: CONNECT_MS,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const startedMs = clock.monotonicMs();
    const cluster = await admin.describeCluster();
    const roundTripMs = clock.monotonicMs() - startedMs;
    const count = cluster.brokers.length;
    return {
      server: "kafka",
      reachable: true,
      version: `Kafka, ${count} broker${count === 1 ? "" : "s"}`,
      roundTripMs,
      settings: [await topicsOf(admin, settings.topicPrefix)],
    };
  } catch (error) {
    const reason = tlsReason(clock, "KAFKA", settings.tls, causeOf(error));
    return { server: "kafka", reachable: false, reason, settings: [] };
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

async function topicsOf(admin: Admin, prefix: string): Promise<InspectedSetting> {
  try {
    const own = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    return {
      name: "topics",
      value: own.length === 0 ? "none yet" : own.join(", "),
      verdict: "ok",
      why: "the worker creates them when it starts",
    };
  } catch (error) {
    const isForbidden =
      error instanceof kafkajs.KafkaJSProtocolError && error.type.endsWith("_AUTHORIZATION_FAILED");
    if (!isForbidden) throw error;
    return notVisible("topics", "ACL operation DESCRIBE");
  }
}
