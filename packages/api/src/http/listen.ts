import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { Server as NetServer } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate as nextLoopPass } from "node:timers/promises";
import type { Clock, Ids } from "@onsale/core";
import type { ErrorCode } from "../problems/problems.ts";
import { type BareAnswer, bareAnswer } from "./bareAnswer.ts";
import { trackConnections } from "./connections.ts";

export interface Listener {
  /** "http://127.0.0.1:8080", with the real port. */
  readonly url: string;
  readonly port: number;
  /** Connections that are open now, whatever their state. */
  connectionCount(): number;
  /**
   * Accepts no more connections, waits for requests that have arrived, and destroys the remaining
   * connections after `withinMs`.
   */
  close(withinMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** Most connections at a time. */
  readonly connectionsMax: number;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Longer than the idle time of common load balancers (60 s), so that these close first. */
const KEEP_ALIVE_MS = 65_000;

/** Headers are a few hundred bytes; a client that needs longer only occupies a connection. */
const HEADERS_MS_MAX = 5_000;

/** Node's own time limit is a backstop: the application answers within `requestTimeoutMs`. */
const REQUEST_GRACE_MS = 1_000;

/** How often Node looks for requests that arrive too slowly; its default of 30 s is too long. */
const TIMEOUT_CHECK_MS = 500;

/** A rush opens thousands of connections at one moment; the kernel's own bound applies below it. */
const BACKLOG = 4096;

/** Serves an application over HTTP. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listener> {
  const { host, port, requestTimeoutMs, connectionsMax, clock, ids } = options;
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(HEADERS_MS_MAX, requestTimeoutMs),
    requestTimeout: requestTimeoutMs + REQUEST_GRACE_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    noDelay: true,
    // The application refuses a request without Host itself, with a problem as the body.
    requireHostHeader: false,
  });
  const connections = trackConnections(server, { clock, connectionsMax });
  let closing = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (!connections.begin(request, response)) return;
    if (closing) response.shouldKeepAlive = false;
    handler(request, response);
  };
  /** A complete request is answered first; its client must not mistake this answer for its own. */
  const afterLatest = (socket: Duplex, answer: () => void): void => {
    const before = connections.openResponse(socket);
    if (before?.req.complete || before?.headersSent) before.once("close", answer);
    else answer();
  };
  /** An ending connection has its last answer, so it gets no further one. */
  const answerAndEnd = (socket: Duplex, answer: BareAnswer): void => {
    afterLatest(socket, () => {
      if (connections.isEnding(socket)) return;
      if (!socket.writable) {
        socket.destroy();
        return;
      }
      bareAnswer(socket, answer);
      connections.end(socket);
    });
  };
  server.on("request", onRequest);
  // Node reports an `Expect` that it does not know; the application refuses the request.
  server.on("checkExpectation", onRequest);
  server.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    // Node no longer listens to this socket; an error without a listener would end the process.
    socket.on("error", () => socket.destroy());
    answerAndEnd(socket, { ...CONNECT_ANSWER, requestId: ids.uuid() });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET") socket.destroy();
    else answerAndEnd(socket, { code: clientErrorCode(error), requestId: ids.uuid() });
  });
  const boundPort = await bind(server, host, port);
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${boundPort}`,
    port: boundPort,
    connectionCount: connections.count,
    async close(withinMs) {
      closing = true;
      connections.keepNone();
      const done = new AbortController();
      const closed = stopAccepting(server);
      await readArrived();
      server.closeIdleConnections();
      const late = clock.sleep(withinMs, done.signal).then(() => connections.destroyAll());
      await closed;
      // No connection is open now; this call stops Node's timer that looks for slow requests.
      server.close();
      done.abort();
      await late;
    },
  };
}

/**
 * Waits until Node has read what the kernel has received, because closing a connection with an
 * unread request resets it. The first wait ends the current pass of the event loop; in the second
 * pass Node reads from every connection.
 */
async function readArrived(): Promise<void> {
  await nextLoopPass();
  await nextLoopPass();
}

/**
 * Resolves once every connection has ended. The HTTP server's own `close` would also destroy idle
 * connections at once, before their received bytes were read.
 */
function stopAccepting(server: Server): Promise<void> {
  return new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

function clientErrorCode({ code = "" }: NodeJS.ErrnoException): ErrorCode {
  return CODES[code] ?? "MALFORMED_HTTP";
}

const CONNECT_ANSWER = {
  code: "METHOD_NOT_ALLOWED",
  detail: "CONNECT is for proxies, and this server is not a proxy",
  headers: ["Allow: GET, POST, PUT, DELETE"],
} as const;
