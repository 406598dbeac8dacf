import { expect } from "chai";
import { publishInChunks } from "../../../src/adapters/kafka/publisher.ts";
import type { PublishedMessage, PublishFailure } from "../../../src/ports/publisher.ts";
import { failureOf } from "../../support/fixtures.ts";
import { publishedMessage } from "../../support/outboxMessages.ts";

/** A broker that refuses every request that has one of these messages. */
function picky(refused: readonly string[]) {
  const requests: string[][] = [];
  const stored: string[] = [];
  async function send(messages: readonly PublishedMessage[]): Promise<PublishFailure | undefined> {
    const ids = messages.map(({ messageId }) => messageId);
    requests.push(ids);
    const bad = ids.find((id) => refused.includes(id));
    if (bad) return { messageId: ids[0] ?? "", error: "MESSAGE_TOO_LARGE", reason: "refused" };
    stored.push(...ids);
    return undefined;
  }
  return { requests, stored, send };
}

const few = [
  publishedMessage("a1", "a"),
  publishedMessage("b1", "b"),
  publishedMessage("a2", "a"),
  publishedMessage("b2", "b"),
];

describe("publishInChunks", () => {
  it("sends messages in one request when they fit", async () => {
    const broker = picky([]);
    expect(await publishInChunks(few, broker.send)).to.deep.equal([]);
    expect(broker.requests).to.deep.equal([["a1", "b1", "a2", "b2"]]);
  });

  it("sends no request for an empty list", async () => {
    const broker = picky([]);
    expect(await publishInChunks([], broker.send)).to.deep.equal([]);
    expect(broker.requests).to.deep.equal([]);
  });

  it("splits messages that are too many for one request, in order", async () => {
    const broker = picky([]);
    const large = ["1", "2", "3"].map((id) => publishedMessage(id, "k", 300_000));
    await publishInChunks(large, broker.send);
    expect(broker.requests).to.deep.equal([["1", "2"], ["3"]]);
  });

  it("finds the refused message, blocks later ones of its key, and sends the others", async () => {
    const broker = picky(["a1"]);
    const failures = await publishInChunks(few, broker.send);
    expect(broker.stored).to.deep.equal(["b1", "b2"]);
    expect(failures.map(({ messageId, reason }) => [messageId, reason])).to.deep.equal([
      ["a1", "refused"],
      ["a2", "blocked"],
    ]);
  });

  it("finds one refused message of a large request with few requests", async () => {
    const ids = Array.from({ length: 1_000 }, (_unused, index) => String(index));
    const broker = picky(["617"]);
    const failures = await publishInChunks(
      ids.map((id) => publishedMessage(id, id)),
      broker.send,
    );
    expect(failures.map(({ messageId }) => messageId)).to.deep.equal(["617"]);
    expect(broker.stored).to.deep.equal(ids.filter((id) => id !== "617"));
    expect(broker.requests.length).to.be.at.most(1 + 2 * Math.ceil(Math.log2(ids.length)));
  });

  it("blocks later messages of the key in later requests too", async () => {
    const broker = picky(["huge"]);
    const messages = [
      publishedMessage("huge", "a", 900_000),
      publishedMessage("a2", "a"),
      publishedMessage("b1", "b"),
    ];
    const failures = await publishInChunks(messages, broker.send);
    expect(broker.stored).to.deep.equal(["b1"]);
    expect(failures.map(({ messageId }) => messageId)).to.deep.equal(["huge", "a2"]);
  });

  it("stops immediately when the broker does not answer", async () => {
    let requests = 0;
    const failure = new Error("away");
    const away = async (): Promise<PublishFailure | undefined> => {
      requests += 1;
      throw failure;
    };
    expect(await failureOf(publishInChunks(few, away))).to.equal(failure);
    expect(requests).to.equal(1);
  });
});
