import type { RequestListener } from "node:http";
import { systemClock, systemIds } from "@onsale/core";
import { type Listener, listen } from "../../src/http/listen.ts";
import { eventually } from "../support/eventually.ts";
import { openRaw, type RawConnection } from "../support/rawConnection.ts";

/** More than the sockets of both sides hold. */
const ANSWER = Buffer.alloc(64 * 1024 * 1024, "x");
const UNREAD_MS = 100;
const REQUEST = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

describe("answers that their client does not read", () => {
  let listener: Listener;
  let connection: RawConnection | undefined;

  beforeEach("listens", async () => {
    const answer: RequestListener = (_request, response) => void response.end(ANSWER);
    listener = await listen(answer, {
      ...{ host: "127.0.0.1", port: 0, connectionsMax: 100, clock: systemClock, ids: systemIds },
      ...{ requestTimeoutMs: 10, unreadMsMax: UNREAD_MS },
    });
  });

  afterEach("stops", async () => {
    connection?.socket.destroy();
    await listener.close(0);
  });

  it("end their connection, which frees their memory", async () => {
    connection = await openRaw(listener.port);
    connection.socket.pause();
    connection.socket.write(REQUEST);
    await eventually("the end of the connection", async () =>
      listener.connectionCount() === 0 ? true : undefined,
    );
  });
});
