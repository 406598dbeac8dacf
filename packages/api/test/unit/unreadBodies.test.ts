import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { expect } from "chai";
import { unreadBodies } from "../../src/http/unreadBodies.ts";
import { callApi } from "../support/callApi.ts";
import { openRaw, type RawConnection } from "../support/rawConnection.ts";

/** More than the sockets of both sides hold. */
const LENGTH = 48 * 1024 * 1024;

describe("the shared bodies that clients do not read", () => {
  const bodies = new Map(["/a", "/b", "/c"].map((path) => [path, Buffer.alloc(LENGTH, path)]));
  const raw: RawConnection[] = [];
  let server: Server;
  let port: number;

  beforeEach("serves three bodies, of which two may be unread", async () => {
    const unread = unreadBodies(2 * LENGTH);
    server = createServer(({ url = "" }, response) => {
      const body = bodies.get(url);
      if (body) unread.add(response, body);
      response.end(body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    port = typeof address === "object" ? (address?.port ?? 0) : 0;
  });

  afterEach("closes the connections and the server", () => {
    for (const { socket } of raw.splice(0)) socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  /** Requests a body and reads nothing. The server has begun to answer when this resolves. */
  async function ask(path: string): Promise<RawConnection> {
    const connection = await openRaw(port);
    raw.push(connection);
    connection.socket.pause();
    connection.socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await callApi(`http://127.0.0.1:${port}`, "GET", "/nothing");
    return connection;
  }

  async function lengthOf({ socket, ended, received }: RawConnection): Promise<number> {
    socket.resume();
    socket.end();
    await ended;
    return received().length;
  }

  it("are ended from the one without a new reader, as soon as there are too many", async () => {
    const [first, second, again] = [await ask("/a"), await ask("/b"), await ask("/a")];
    const third = await ask("/c");
    expect(await lengthOf(second)).to.be.below(LENGTH);
    for (const kept of [first, again, third]) {
      expect(await lengthOf(kept)).to.be.above(LENGTH);
    }
  });

  it("do not count any more when they have been read", async () => {
    for (const path of ["/a", "/b"]) expect(await lengthOf(await ask(path))).to.be.above(LENGTH);
    const kept = [await ask("/a"), await ask("/c")];
    for (const one of kept) expect(await lengthOf(one)).to.be.above(LENGTH);
  });
});
