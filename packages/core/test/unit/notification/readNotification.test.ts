import { expect } from "chai";
import { readNotification } from "../../../src/notification/readNotification.ts";
import { toPublishedMessage } from "../../../src/outbox/envelope.ts";
import type { OutboxMessage } from "../../../src/ports/outboxStore.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";

const valueFrom = (parts: Partial<OutboxMessage>): string =>
  toPublishedMessage(testCoreConfig(), outboxMessage(2, parts)).value;

function textOf(parts: Partial<OutboxMessage>): string {
  const read = readNotification(valueFrom(parts));
  return "notification" in read ? read.notification.body.text : read.problem;
}

const facts = { reservationId: 7, userId: 9, performanceId: 3, amount: 10, seatIds: [1] };

describe("a notification read from a Kafka message", () => {
  it("contains the whole envelope and one sentence", () => {
    const message = outboxMessage(2);
    expect(readNotification(valueFrom({}))).to.deep.equal({
      notification: {
        messageId: message.messageId,
        reservationId: 7,
        body: {
          messageId: message.messageId,
          type: "reservation.held",
          occurredAt: "2026-01-02T03:04:05.678Z",
          aggregateType: "reservation",
          aggregateId: 7,
          aggregateVersion: 2,
          text: "Reservation 7 holds its seats (1 seat, 10 points)",
          payload: facts,
        },
      },
    });
  });

  it("keeps payload fields that a newer version added", () => {
    const payload = { ...facts, channel: "kiosk" };
    const read = readNotification(valueFrom({ payload }));
    if ("problem" in read) throw new Error(read.problem);
    expect(read.notification.body.payload).to.deep.equal(payload);
  });

  it("has a sentence for each event of a reservation and of a payment", () => {
    const reservation = { payload: { ...facts, seatIds: [1, 2], amount: 30 } };
    const payment = {
      aggregateType: "payment",
      payload: { paymentId: 8, reservationId: 7, userId: 9, amount: 30 },
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

  it("says what the reservation is for, when the message says it", () => {
    const show = {
      ...{ concertId: 4, title: "Winter Rush", singer: "The Locks", venue: "Hall" },
      ...{ startsAt: "2026-12-24T19:30:00+09:00", timeZone: "Asia/Seoul" },
      seatNos: ["A-1", "A-2"],
    };
    const payload = { ...facts, seatIds: [1, 2], ...show };
    const what = "Winter Rush (The Locks), Hall, 2026-12-24 19:30 Asia/Seoul, seats A-1, A-2";
    expect(textOf({ payload })).to.equal(
      `Reservation 7 holds its seats (2 seats, 10 points): ${what}`,
    );
    const payment = { paymentId: 8, reservationId: 7, userId: 9, amount: 30, ...show };
    const paid = { aggregateType: "payment", aggregateId: 8, type: "payment.captured" } as const;
    expect(textOf({ ...paid, payload: { ...payment, seatNos: ["A-1"] } })).to.equal(
      "Payment 8 was captured: 30 points for reservation 7: " +
        "Winter Rush (The Locks), Hall, 2026-12-24 19:30 Asia/Seoul, seat A-1",
    );
  });

  it("is refused for an unknown type, a missing payload field and a broken value", () => {
    expect(textOf({ type: "reservation.eaten" })).to.equal("the type reservation.eaten is unknown");
    expect(textOf({ payload: { ...facts, seatIds: undefined } })).to.match(
      /^an event of type reservation\.held has other fields \(payload\.seatIds: [^;]+\)$/,
    );
    expect(readNotification("")).to.deep.equal({ problem: "the value is no JSON" });
  });

  it("is refused for an event of a point account, which the notifier does not handle", () => {
    const charged = textOf({
      aggregateType: "point-account",
      type: "point-account.charged",
      payload: { userId: 7, amount: 5, balanceAfter: 5 },
    });
    expect(charged).to.equal("the notifier does not handle point-account.charged");
  });
});
