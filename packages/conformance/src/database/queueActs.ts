import type { QueueSettings } from "@onsale/core";

export const QUEUE_SETTINGS: QueueSettings = {
  activeCountMax: 10,
  admissionRatePerMinute: 600,
  activeTtlMs: 60_000,
  activationMs: 5_000,
  mode: "open",
};

let queueCount = 0;

/** The id of a queue that no other case uses. */
export function newQueueId(): string {
  queueCount += 1;
  return `queue-${queueCount}`;
}
