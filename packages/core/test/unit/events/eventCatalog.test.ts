import { expect } from "chai";
import { AGGREGATES, eventSchema } from "../../../src/events/eventCatalog.ts";
import { TRACEPARENT } from "../../../src/shared/traceparent.ts";

const definitions = eventSchema.options.map(({ shape, description }) => ({
  type: shape.type.value,
  aggregateType: shape.aggregateType.value,
  fields: Object.keys(shape.payload.shape),
  description,
}));

describe("the event catalogue", () => {
  it("still has every released name, because stored messages and consumers use them", () => {
    expect(definitions.map(({ type }) => type)).to.include.members([
      "reservation.held",
      "reservation.confirmed",
      "reservation.cancelled",
      "reservation.expired",
      "reservation.refunded",
      "payment.captured",
      "payment.refunded",
      "point-account.charged",
      "point-account.spent",
      "point-account.refunded",
      "point-account.credited",
      "point-account.debited",
    ]);
  });

  it("still has every released payload field", () => {
    const show = ["concertId", "title", "singer", "venue", "startsAt", "timeZone", "seatNos"];
    const released = {
      reservation: ["reservationId", "userId", "performanceId", "amount", "seatIds", ...show],
      payment: ["paymentId", "reservationId", "userId", "amount", "performanceId", ...show],
      "point-account": ["userId", "amount", "balanceAfter"],
    };
    for (const { type, aggregateType, fields } of definitions) {
      expect(fields, type).to.include.members(released[aggregateType]);
    }
  });

  it("leaves the name of the field that stores the trace of a message free", () => {
    for (const { type, fields } of definitions) expect(fields, type).to.not.include(TRACEPARENT);
  });

  it("names each event after its aggregate type, and explains it in one sentence", () => {
    for (const { type, aggregateType, description } of definitions) {
      expect(type).to.match(new RegExp(`^${aggregateType}\\.[a-z-]+$`));
      expect(description, type).to.match(/^[A-Z].+\.$/);
    }
    const used = new Set(definitions.map(({ aggregateType }) => aggregateType));
    expect([...used].sort()).to.deep.equal(Object.keys(AGGREGATES).sort());
  });
});
