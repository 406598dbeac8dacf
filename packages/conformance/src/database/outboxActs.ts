import type { NewOutboxMessage } from "@onsale/core";
import { systemIds } from "@onsale/core";

let aggregateCount = 0;

/** Makes a message. By default its aggregate belongs to no other case. */
export function message(parts: Partial<NewOutboxMessage> = {}): NewOutboxMessage {
  aggregateCount += 1;
  return {
    messageId: systemIds.uuid(),
    aggregateType: "reservation",
    aggregateId: 7_000_000 + aggregateCount,
    aggregateVersion: 1,
    type: "reservation.held",
    payload: { note: "quote ' and \" and \\ and :name and ? and 표 and \u{1F3AB}" },
    bucket: 0,
    ...parts,
  };
}
