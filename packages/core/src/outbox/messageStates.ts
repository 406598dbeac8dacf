import type { MessageStatus } from "../ports/outboxStore.ts";
import { stateMachine } from "../shared/stateMachine.ts";

/**
 * The allowed transitions between the states of an outbox message. A replay makes a published
 * message PENDING again; a redrive does so with a DEAD message.
 */
export const messageStates = stateMachine<MessageStatus>("outbox message", "PENDING", {
  PENDING: ["PUBLISHED", "DEAD"],
  PUBLISHED: ["PENDING"],
  DEAD: ["PENDING", "DISCARDED"],
  DISCARDED: [],
});

/** The operation that discards messages. I5 accepts a discard with its audit record only. */
export const DISCARD_OPERATION = "outbox.discard";
