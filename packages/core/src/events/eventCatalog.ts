import assert from "node:assert/strict";
import { z } from "zod";

/**
 * The catalogue of events: the single definition of all events that go through the outbox to Kafka
 * and to consumers. The TypeScript types, the validation by producers and consumers,
 * docs/reference/EVENTS.md and docs/reference/asyncapi.yaml are derived from it.
 *
 * The names are data in MySQL and in Kafka: a name or a field that was released is never renamed. A
 * new field is optional for readers, who ignore fields that they do not know.
 */

/** The aggregates that events belong to: one topic each, and one version counter for each id. */
export const AGGREGATES = {
  reservation: "A buyer's reservation; `aggregateId` is the reservation's id.",
  payment: "The payment of one reservation; `aggregateId` is the payment's id.",
  "point-account": "The points of one user; `aggregateId` is the user's id.",
} as const;

export type AggregateType = keyof typeof AGGREGATES;

const id = (of: string) => z.int().min(1).describe(`Id of the ${of}`);
const points = (meaning: string) => z.int().min(1).describe(`${meaning}, in points`);
const price = (meaning: string) =>
  z.int().min(0).describe(`${meaning}, in points; 0 when it is free of charge`);

/** The show that a reservation is for. Messages of earlier versions do not have these fields. */
const showFields = {
  concertId: id("concert").optional(),
  title: z.string().optional().describe("Title of the concert"),
  singer: z.string().optional().describe("Singer of the concert"),
  venue: z.string().optional().describe("Venue of the performance"),
  startsAt: z.iso
    .datetime({ offset: true })
    .optional()
    .describe("Start of the performance; ISO 8601 with the offset of the venue from UTC"),
  timeZone: z.string().optional().describe("The IANA name of the venue's time zone"),
  seatNos: z
    .array(z.string())
    .optional()
    .describe("Numbers of the seats, as tickets show them, in the order of their ids"),
};

const reservationPayload = z.object({
  reservationId: id("reservation"),
  userId: id("buyer"),
  performanceId: id("performance"),
  amount: price("Sum of the seats' prices"),
  seatIds: z.array(id("seat")).min(1).describe("Ids of all seats of the reservation"),
  releasedSeatIds: z
    .array(id("seat"))
    .min(1)
    .optional()
    .describe("Ids of the seats that it gave back; only in the events of a part"),
  ...showFields,
});

const paymentPayload = z.object({
  paymentId: id("payment"),
  reservationId: id("reservation that it pays"),
  userId: id("buyer"),
  amount: price("The price that was paid"),
  refundedAmount: price("The points that this refund gave back; only in refunds").optional(),
  performanceId: id("performance").optional(),
  ...showFields,
});

const pointPayload = z.object({
  userId: id("user"),
  amount: points("What the ledger entry moves; always positive"),
  // The schema sets no lower bound, so that a balance below zero is still published. The ledger
  // prevents such a balance, and an invariant reports it.
  balanceAfter: z.int().describe("The balance after the entry, in points"),
});

function event<Type extends string, Aggregate extends AggregateType, Payload extends z.ZodObject>(
  type: Type,
  aggregateType: Aggregate,
  payload: Payload,
  meaning: string,
) {
  return z
    .object({
      type: z.literal(type),
      aggregateType: z.literal(aggregateType),
      aggregateId: z.int().min(1).describe(AGGREGATES[aggregateType]),
      aggregateVersion: z
        .int()
        .min(1)
        .describe("Counts the events of the aggregate from 1, without a gap"),
      payload,
    })
    .describe(meaning);
}

export const eventSchema = z.discriminatedUnion("type", [
  event(
    "reservation.held",
    "reservation",
    reservationPayload,
    "A buyer holds the seats until the hold expires.",
  ),
  event(
    "reservation.confirmed",
    "reservation",
    reservationPayload,
    "The buyer has paid; the seats are sold.",
  ),
  event(
    "reservation.cancelled",
    "reservation",
    reservationPayload,
    "The buyer gave up the hold; the seats are for sale again.",
  ),
  event(
    "reservation.expired",
    "reservation",
    reservationPayload,
    "The hold ran out before it was paid; the seats are for sale again or held by another buyer.",
  ),
  event(
    "reservation.refunded",
    "reservation",
    reservationPayload,
    "The payment was refunded; the seats are for sale again.",
  ),
  event(
    "reservation.partly-cancelled",
    "reservation",
    reservationPayload,
    "Some seats of the hold were given back and are for sale again; the hold has the others, " +
      "which `seatIds` and `amount` are about.",
  ),
  event(
    "reservation.partly-refunded",
    "reservation",
    reservationPayload,
    "Some seats were refunded and are for sale again; the reservation stays confirmed with the " +
      "others, which `seatIds` and `amount` are about.",
  ),
  event(
    "payment.captured",
    "payment",
    paymentPayload,
    "The price was taken from the buyer's point account. A price of 0 takes nothing.",
  ),
  event(
    "payment.refunded",
    "payment",
    paymentPayload,
    "The price was given back to the buyer's point account.",
  ),
  event(
    "payment.partly-refunded",
    "payment",
    paymentPayload,
    "The prices of some seats, `refundedAmount`, were given back to the buyer's point account.",
  ),
  event(
    "point-account.charged",
    "point-account",
    pointPayload,
    "The user added points to the account; the first charge opens it.",
  ),
  event(
    "point-account.spent",
    "point-account",
    pointPayload,
    "Points left the account for a payment.",
  ),
  event(
    "point-account.refunded",
    "point-account",
    pointPayload,
    "Points came back to the account by a refund.",
  ),
  event(
    "point-account.credited",
    "point-account",
    pointPayload,
    "An operator added points to correct the account.",
  ),
  event(
    "point-account.debited",
    "point-account",
    pointPayload,
    "An operator took points away to correct the account.",
  ),
]);

/** An event of the catalogue, discriminated by its `type`. */
export type OnsaleEvent = Readonly<z.infer<typeof eventSchema>>;
export type EventType = OnsaleEvent["type"];
/** The events of one aggregate type. */
export type EventOf<Aggregate extends AggregateType> = Extract<
  OnsaleEvent,
  { aggregateType: Aggregate }
>;

/** The schemas for producers: a payload must have the fields of its type, and no other field. */
const writtenPayloads: ReadonlyMap<string, z.ZodType> = new Map(
  eventSchema.options.map(({ shape }) => [shape.type.value, shape.payload.strict()]),
);

/** Asserts that the event's payload matches the schema of its type. */
export function assertFitsCatalog({ type, payload }: OnsaleEvent): void {
  const written = writtenPayloads.get(type)?.safeParse(payload);
  assert(written, `The event type ${type} is missing from the catalogue`);
  if (written.success) return;
  assert.fail(`The payload of ${type} does not fit the catalogue (${problemOf(written.error)})`);
}

/** A stored payload, or the reason why it is not an event of the catalogue. */
export type ReadPayload =
  | { readonly payload: Readonly<Record<string, unknown>> }
  | { readonly misfit: "type" | "payload"; readonly problem: string };

const eventsByType = new Map<string, (typeof eventSchema.options)[number]["shape"]>(
  eventSchema.options.map(({ shape }) => [shape.type.value, shape]),
);

/** Reads the JSON of a payload like a consumer, which ignores fields that it does not know. */
export function readPayload(aggregateType: string, type: string, json: string): ReadPayload {
  const event = eventsByType.get(type);
  if (event?.aggregateType.value !== aggregateType) {
    return { misfit: "type", problem: event ? "another aggregate's type" : "an unknown type" };
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { misfit: "payload", problem: "not JSON" };
  }
  const read = event.payload.safeParse(value);
  if (read.success) return { payload: read.data };
  return { misfit: "payload", problem: problemOf(read.error) };
}

/** Lists the fields that do not match the schema, in one line. */
export function problemOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}
