import type { OutboxMessage } from "../../src/ports/outboxStore.ts";
import type { PublishedMessage } from "../../src/ports/publisher.ts";

/** A stored message whose id, message id and version come from the given number. */
export function outboxMessage(version: number, parts: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id: version,
    messageId: `00000000-0000-7000-8000-${String(parts.id ?? version).padStart(12, "0")}`,
    aggregateType: "reservation",
    aggregateId: 7,
    aggregateVersion: version,
    type: "reservation.held",
    payload: { reservationId: 7, userId: 9, performanceId: 3, amount: 10, seatIds: [1] },
    bucket: 0,
    attempts: 0,
    createdAt: new Date("2026-01-02T03:04:05.678Z"),
    ...parts,
  };
}

/** A message for the broker, with a value of this number of bytes. */
export function publishedMessage(messageId: string, key: string, bytes = 10): PublishedMessage {
  return { messageId, topic: "orders", key, value: "x".repeat(bytes), headers: {} };
}
