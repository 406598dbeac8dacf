import { createServer, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { type EventStream, eventStream } from "../../src/placeEvents/eventStream.ts";
import { eventually } from "../support/eventually.ts";
import { fakeClock } from "../support/fakeClock.ts";

describe("a stream to a client that does not read", () => {
  const clock = fakeClock();
  let client: Socket;
  let stream: EventStream;
  let response: ServerResponse;
  let closeServer: () => void;

  beforeEach("opens a stream and fills the buffers of the system", async () => {
    const { promise: opened, resolve } = Promise.withResolvers<ServerResponse>();
    const server = createServer((_request, answer) => resolve(answer));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    closeServer = () => void server.close();
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no address");
    client = connect(address.port, "127.0.0.1");
    client.on("error", () => {});
    client.pause();
    client.write("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
    response = await opened;
    stream = eventStream(response, clock, 2_000);
    const filling = { name: "position", id: "1", data: { text: "x".repeat(60_000) } };
    await eventually("a full buffer", async () => {
      while (stream.send(filling)) await new Promise(setImmediate);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return response.writableLength > 4_096 ? true : undefined;
    });
  });
  afterEach(() => {
    client.destroy();
    closeServer();
  });

  it("sends nothing more, so that memory does not grow", () => {
    const before = response.writableLength;
    for (let count = 0; count < 100; count += 1) {
      expect(stream.send({ name: "position", id: "2", data: {} })).to.equal(false);
    }
    expect(response.writableLength).to.equal(before);
    expect(before).to.be.below(64_000);
  });

  it("ends the connection after half a minute", async () => {
    stream.keepAlive();
    await clock.advance(29_999);
    stream.keepAlive();
    expect(response.destroyed).to.equal(false);
    await clock.advance(1);
    stream.keepAlive();
    expect(response.destroyed).to.equal(true);
  });

  it("ends the connection at once when the stream ends", () => {
    stream.end({ name: "changed", id: "3", data: {} });
    expect(response.destroyed).to.equal(true);
    expect(stream.isEnded()).to.equal(true);
  });

  it("continues when the client reads again", async () => {
    stream.keepAlive();
    client.resume();
    await eventually("an empty buffer", async () =>
      response.writableLength === 0 ? true : undefined,
    );
    await clock.advance(60_000);
    stream.keepAlive();
    expect(response.destroyed).to.equal(false);
    expect(stream.send({ name: "position", id: "4", data: {} })).to.equal(true);
  });
});
