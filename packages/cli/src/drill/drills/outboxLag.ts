import type { Drill } from "../drill.ts";

/** Kafka stops, so that no message leaves the outbox. */
export const outboxLagDrill: Drill = {
  runbook: "outbox-lag",
  incident: "Kafka stops",
  boundMs: 30_000,
  needsApacheKafka: true,
  breakIt: ({ stack }) => stack.fault("kafka", "stop"),
  manual: { "restore-kafka": ({ stack }) => stack.fault("kafka", "start") },
  restore: ({ stack }) => stack.fault("kafka", "start"),
};
