import {
  bucketOf,
  type CoreContext,
  type EventOf,
  type OnsaleEvent,
  type PublishedMessage,
  type Tx,
} from "@onsale/core";
import { z } from "zod";
import type { SagaJournal } from "./sagaJournal.ts";
import type { SplitFaults } from "./split.ts";

/** One process of a service: the ports of the product on the service's own database. */
export interface ServiceCore {
  readonly core: CoreContext;
  readonly journal: SagaJournal;
  readonly faults: SplitFaults;
}

/** The parts of a message that both services read. */
const messageSchema = z.object({
  messageId: z.string(),
  type: z.string(),
  aggregateType: z.string(),
  aggregateVersion: z.int(),
  payload: z.looseObject({
    reservationId: z.int().optional(),
    userId: z.int().optional(),
    amount: z.int().optional(),
  }),
});

/** A message of the other service. */
export type ServiceMessage = z.infer<typeof messageSchema>;

/** @throws ZodError for a value that is not an envelope */
export function readMessage({ value }: Pick<PublishedMessage, "value">): ServiceMessage {
  return messageSchema.parse(JSON.parse(value));
}

/** Writes messages of the product's own events in the transaction of the change. */
export async function appendEvents(
  { ids, config, outbox }: CoreContext,
  tx: Tx,
  events: readonly OnsaleEvent[],
): Promise<void> {
  const { buckets } = config.outbox;
  await outbox.append(
    tx,
    events.map((event) => ({
      ...event,
      messageId: ids.uuid(),
      bucket: bucketOf(event.aggregateType, event.aggregateId, buckets),
    })),
  );
}

/** The event of an entry of the ledger. */
export function pointEventOf(
  type: EventOf<"point-account">["type"],
  entry: { readonly userId: number; readonly amount: number },
  posted: { readonly balanceAfter: number; readonly accountVersion: number },
): OnsaleEvent {
  const { userId, amount } = entry;
  const { balanceAfter, accountVersion } = posted;
  return {
    type,
    aggregateType: "point-account",
    aggregateId: userId,
    aggregateVersion: accountVersion,
    payload: { userId, amount, balanceAfter },
  };
}
