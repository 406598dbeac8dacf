import { createMemoryServers, type MemoryServers } from "@onsale/core/memory";
import { expect } from "chai";
import { messageViolations, repeatedMessages } from "../../../src/virtual/messageChecker.ts";

const ID = "00000000-0000-7000-8000-000000000001";

/** Publishes this number of copies of a message. */
function send({ broker }: MemoryServers, copies: number, version = 1): void {
  for (let copy = 0; copy < copies; copy += 1) {
    broker.publish([
      {
        messageId: ID,
        topic: "events",
        key: "payment:1",
        value: "{}",
        headers: { "message-id": ID, "aggregate-version": String(version) },
      },
    ]);
  }
}

describe("messageViolations", () => {
  it("finds a message that first arrived behind a later one of its aggregate", () => {
    const servers = createMemoryServers();
    send(servers, 1, 2);
    send(servers, 1, 1);
    expect(messageViolations(servers, new Map()).map(({ check }) => check)).to.deep.equal(["I6"]);
  });

  it("finds nothing when messages arrive in order, also when one arrives again", () => {
    const servers = createMemoryServers();
    send(servers, 1, 1);
    send(servers, 1, 2);
    send(servers, 1, 1);
    expect(messageViolations(servers, new Map())).to.deep.equal([]);
  });
});

describe("repeatedMessages", () => {
  it("finds messages and notifications that arrived twice", () => {
    const servers = createMemoryServers();
    send(servers, 2);
    const found = repeatedMessages(servers, new Map([[ID, 2]]));
    expect(found.map(({ check, ids }) => [check, ids.count])).to.deep.equal([
      ["service", 2],
      ["service", 2],
    ]);
  });

  it("finds nothing when each message and notification arrived once", () => {
    const servers = createMemoryServers();
    send(servers, 1);
    expect(repeatedMessages(servers, new Map([[ID, 1]]))).to.deep.equal([]);
  });
});
