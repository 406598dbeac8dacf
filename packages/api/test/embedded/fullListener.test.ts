import { once } from "node:events";
import { systemClock, systemIds } from "@onsale/core";
import { expect } from "chai";
import { type Listener, listen } from "../../src/http/listen.ts";
import { openRaw, type RawConnection, statusesIn } from "../support/rawConnection.ts";

const CONNECTIONS_MAX = 16;
const WHOLE = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const HALF = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{";

describe("a listener whose connections all have a request", () => {
  let listener: Listener;
  let arrived: EventTarget;
  const connections: RawConnection[] = [];

  beforeEach("listens, and answers a request when its body has arrived", async () => {
    arrived = new EventTarget();
    listener = await listen(
      (request, response) => {
        arrived.dispatchEvent(new Event("request"));
        if (request.method === "POST") request.resume().once("end", () => response.end("done"));
        if (request.url === "/health") response.end("alive");
      },
      {
        ...{ host: "127.0.0.1", port: 0, clock: systemClock, ids: systemIds },
        ...{ connectionsMax: CONNECTIONS_MAX, requestTimeoutMs: 10_000 },
      },
    );
  });

  afterEach("closes everything", async () => {
    for (const { socket } of connections.splice(0)) socket.destroy();
    await listener.close(0);
  });

  async function send(text: string): Promise<RawConnection> {
    const reaches = once(arrived, "request");
    const connection = await openRaw(listener.port, text);
    connections.push(connection);
    await reaches;
    return connection;
  }

  const probe = () => openRaw(listener.port, WHOLE.replace("/", "/health"));

  it("closes the request that waits longest for its body for a new connection", async () => {
    const halves: RawConnection[] = [];
    while (halves.length < CONNECTIONS_MAX - 2) halves.push(await send(HALF));
    for (const displaced of halves.slice(0, 3)) {
      expect(statusesIn(await (await probe()).matched(/alive/))).to.deep.equal([200]);
      if (displaced === halves[0]) expect(await displaced.ended).to.equal("");
    }
    const last = halves.at(-1);
    last?.socket.write("}");
    expect(statusesIn((await last?.matched(/done/)) ?? "")).to.deep.equal([200]);
  });

  it("closes no request at work, and refuses a new connection at the bound", async () => {
    const working: RawConnection[] = [];
    while (working.length < CONNECTIONS_MAX) working.push(await send(WHOLE));
    expect(await (await probe()).ended).to.equal("");
    expect(listener.connectionCount()).to.equal(CONNECTIONS_MAX);
    expect(working.filter(({ socket }) => socket.readableEnded)).to.deep.equal([]);
  });
});
