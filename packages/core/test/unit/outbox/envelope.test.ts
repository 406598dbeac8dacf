import { expect } from "chai";
import {
  type Envelope,
  parseEnvelope,
  readEvent,
  toPublishedMessage,
} from "../../../src/outbox/envelope.ts";
import { deadLetterTopicOf, topicOf } from "../../../src/outbox/topics.ts";
import type { OutboxMessage } from "../../../src/ports/outboxStore.ts";
import { testCoreConfig } from "../../support/coreConfig.ts";
import { outboxMessage } from "../../support/outboxMessages.ts";

const config = testCoreConfig({ KAFKA_TOPIC_PREFIX: "box." });

function envelopeOf(message: OutboxMessage): Envelope {
  const read = parseEnvelope(toPublishedMessage(config, message).value);
  if ("problem" in read) throw new Error(read.problem);
  return read.envelope;
}

describe("a message for the broker", () => {
  it("goes to the topic of its aggregate type, with its aggregate as the key", () => {
    const { topic, key, headers, messageId } = toPublishedMessage(config, outboxMessage(3));
    expect({ topic, key }).to.deep.equal({ topic: "box.reservation", key: "reservation:7" });
    expect(headers).to.deep.equal({
      "message-id": messageId,
      type: "reservation.held",
      "aggregate-version": "3",
      "created-at": "2026-01-02T03:04:05.678Z",
    });
  });

  it("is parsed to the event that was written", () => {
    const message = outboxMessage(3);
    const read = parseEnvelope(toPublishedMessage(config, message).value);
    expect(read).to.deep.equal({
      envelope: {
        messageId: message.messageId,
        type: "reservation.held",
        aggregateType: "reservation",
        aggregateId: 7,
        aggregateVersion: 3,
        occurredAt: "2026-01-02T03:04:05.678Z",
        payload: { reservationId: 7, userId: 9, performanceId: 3, amount: 10, seatIds: [1] },
      },
    });
  });

  it("has the stored span as a header only", () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const { payload } = outboxMessage(3);
    const message = outboxMessage(3, { payload: { ...payload, traceparent } });
    const { headers, value } = toPublishedMessage(config, message);
    expect(headers).to.include({ traceparent, type: "reservation.held" });
    expect(value).to.equal(toPublishedMessage(config, outboxMessage(3)).value);
  });

  it("can have fields that this reader does not know", () => {
    const { value } = toPublishedMessage(config, outboxMessage(1));
    const newer = JSON.stringify({ ...JSON.parse(value), traceId: "abc" });
    expect(parseEnvelope(newer)).to.have.property("envelope");
  });

  it("is refused with a reason when it is not JSON", () => {
    expect(parseEnvelope("{not json")).to.deep.equal({ problem: "the value is no JSON" });
  });

  for (const field of ["messageId", "type", "aggregateId", "aggregateVersion", "payload"]) {
    it(`is refused with a reason when its ${field} is missing`, () => {
      const whole: unknown = JSON.parse(toPublishedMessage(config, outboxMessage(1)).value);
      const value = JSON.stringify({ ...Object(whole), [field]: undefined });
      const read = parseEnvelope(value);
      expect(read).to.have.property("problem").that.includes(field);
    });
  }

  it("is read as an event when its type and payload match the catalogue", () => {
    const read = readEvent(envelopeOf(outboxMessage(3)));
    expect(read).to.deep.equal({
      event: {
        type: "reservation.held",
        aggregateType: "reservation",
        aggregateId: 7,
        aggregateVersion: 3,
        payload: { reservationId: 7, userId: 9, performanceId: 3, amount: 10, seatIds: [1] },
      },
    });
  });

  it("is not an event when its type, aggregate type or payload does not match", () => {
    const problems = [
      { type: "reservation.eaten" },
      { aggregateType: "payment" as const },
      { payload: { reservationId: 7 } },
    ].map((parts) => readEvent(envelopeOf(outboxMessage(1, parts))));
    expect(problems[0]).to.deep.equal({ problem: "the type reservation.eaten is unknown" });
    expect(problems[1]).to.have.property("problem").that.includes("aggregateType");
    expect(problems[2]).to.have.property("problem").that.includes("payload.seatIds");
  });

  it("has one topic for each aggregate type, and one for its dead letters", () => {
    expect(topicOf(config, "point-account")).to.equal("box.point-account");
    expect(deadLetterTopicOf("box.payment")).to.equal("box.payment.dead-letter");
  });
});
