import { CONTENT_RULES } from "@onsale/core/testing";
import type { Corruption } from "./corruption.ts";
import { ANN, BOB, CAPTURED, CONFIRMED, PENDING, PERFORMANCE, PRICE } from "./historyFacts.ts";
import { FIRST_OF_CONFIRMED } from "./messageRows.ts";

/** The payload of a hold by Ann, with other values. */
function heldPayload(more: Readonly<Record<string, unknown>>): string {
  const facts = { reservationId: CONFIRMED, userId: ANN, performanceId: PERFORMANCE };
  return JSON.stringify({ ...facts, amount: 2 * PRICE, seatIds: [2, 6], ...more });
}

/** Corruptions of the types and payloads of messages. */
export const CONTENT_CORRUPTIONS: readonly Corruption[] = [
  {
    breaks: "I5",
    what: "a message of an unknown type",
    foundBy: CONTENT_RULES.type,
    plant: ({ update }) =>
      update("outboxMessages", FIRST_OF_CONFIRMED, { type: "reservation.reserved" }),
  },
  {
    breaks: "I5",
    what: "a message with the type of another aggregate",
    foundBy: CONTENT_RULES.type,
    plant: ({ update }) =>
      update("outboxMessages", FIRST_OF_CONFIRMED, { type: "payment.captured" }),
  },
  {
    breaks: "I5",
    what: "a payload that is not JSON",
    foundBy: CONTENT_RULES.payload,
    plant: ({ update }) => update("outboxMessages", FIRST_OF_CONFIRMED, { payload: "{" }),
  },
  {
    breaks: "I5",
    what: "a payload without a field of its type",
    foundBy: CONTENT_RULES.payload,
    plant: ({ update }) => {
      const payload = heldPayload({ seatIds: undefined });
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload });
    },
  },
  {
    breaks: "I5",
    what: "a payload whose field has a wrong value",
    foundBy: CONTENT_RULES.payload,
    plant: ({ update }) => {
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload: heldPayload({ amount: 0 }) });
    },
  },
  {
    breaks: "I5",
    what: "a payload that names another reservation",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => {
      const payload = heldPayload({ reservationId: PENDING });
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload });
    },
  },
  {
    breaks: "I5",
    what: "a payload that names another buyer",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => {
      update("outboxMessages", FIRST_OF_CONFIRMED, { payload: heldPayload({ userId: BOB }) });
    },
  },
  {
    breaks: "I5",
    what: "a payload of a payment that names another reservation",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => update("payments", { id: CAPTURED }, { reservationId: PENDING }),
  },
  {
    breaks: "I5",
    what: "a payload of a ledger entry that names another user",
    foundBy: CONTENT_RULES.payloadIds,
    plant: ({ update }) => {
      const payload = JSON.stringify({ userId: BOB, amount: PRICE, balanceAfter: PRICE });
      update("outboxMessages", { type: "point-account.refunded" }, { payload });
    },
  },
];
