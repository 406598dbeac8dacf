import { expect } from "chai";
import { readReservationNews } from "../../../src/notification/reservationNews.ts";
import { toPublishedMessage } from "../../../src/outbox/envelope.ts";
import type { OutboxMessage } from "../../../src/ports/outboxStore.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";

const valueFrom = (parts: Partial<OutboxMessage>): string =>
  toPublishedMessage(testCoreConfig(), outboxMessage(2, parts)).value;

function textOf(parts: Partial<OutboxMessage>): string {
  const read = readReservationNews(valueFrom(parts));
  return "notice" in read ? read.notice.body.text : read.problem;
}

describe("the news of a sale", () => {
  it("becomes a notice that carries the whole message", () => {
    const message = outboxMessage(2);
    expect(readReservationNews(valueFrom({}))).to.deep.equal({
      notice: {
        messageId: message.messageId,
        body: {
          messageId: message.messageId,
          type: "reservation.held",
          occurredAt: "2026-01-02T03:04:05.678Z",
          aggregateType: "reservation",
          aggregateId: 7,
          aggregateVersion: 2,
          text: "Reservation 7 holds its seats (1 seat, 10 points)",
          payload: { seatIds: [1], amount: 10 },
        },
      },
    });
  });

  it("is told in one sentence for each step", () => {
    const reservation = { payload: { seatIds: [1, 2], amount: 30 } };
    const payment = {
      aggregateType: "payment",
      payload: { reservationId: 7, amount: 30 },
    } as const;
    const texts = [
      textOf({ ...reservation, type: "reservation.confirmed" }),
      textOf({ ...reservation, type: "reservation.cancelled" }),
      textOf({ ...reservation, type: "reservation.expired" }),
      textOf({ ...reservation, type: "reservation.refunded" }),
      textOf({ ...payment, aggregateId: 8, type: "payment.captured" }),
      textOf({ ...payment, aggregateId: 8, type: "payment.refunded" }),
    ];
    expect(texts).to.deep.equal([
      "Reservation 7 is confirmed (2 seats, 30 points)",
      "Reservation 7 was cancelled (2 seats, 30 points)",
      "Reservation 7 has expired (2 seats, 30 points)",
      "Reservation 7 was refunded (2 seats, 30 points)",
      "Payment 8 was captured: 30 points for reservation 7",
      "Payment 8 was refunded: 30 points for reservation 7",
    ]);
  });

  it("cannot be read when the type is unknown, the payload too short or the value broken", () => {
    expect(textOf({ type: "reservation.eaten" })).to.equal("the type reservation.eaten is unknown");
    expect(textOf({ payload: {} })).to.equal(
      "the payload of reservation.held lacks what its type promises",
    );
    expect(readReservationNews("")).to.deep.equal({ problem: "the value is no JSON" });
  });
});
