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
  /** The base URL with the real port: "http://127.0.0.1:8080". */
  readonly url: string;
  readonly port: number;
  /** Returns the number of open connections, in any state. */
  connectionCount(): number;
  /**
   * Stops accepting connections, waits for the requests that have arrived, and destroys the
   * remaining connections after `withinMs`.
   */
  close(withinMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** The port; 0 selects any free port. */
  readonly port: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  /** Maximum number of connections at a time. */
  readonly connectionsMax: number;
  readonly clock: Clock;
  readonly ids: Ids;
  /** How long a client may read nothing of an answer. Default: `UNREAD_MS_MAX`. */
  readonly unreadMsMax?: number;
}

/**
 * How long an idle connection stays open, ms: longer than the idle time of common load balancers
 * (60 s), so that they close their connections first.
 */
const KEEP_ALIVE_MS = 65_000;

/**
 * Time limit for the headers of a request. Headers have only a few hundred bytes, so a client that
 * needs longer only occupies a connection.
 */
const HEADERS_MS_MAX = 5_000;

/**
 * Added to `requestTimeoutMs` for Node's own time limit, which applies only when the application
 * does not answer in time.
 */
const REQUEST_GRACE_MS = 1_000;

/**
 * How long an answer may wait in the process while its client reads nothing: longer than a short
 * loss of the network. Without this limit, unread answers would fill the memory: a list of 20,000
 * seats has 1 MB. A client that reads slowly is not cut. Streams send something more often.
 */
const UNREAD_MS_MAX = 20_000;

/** How often Node checks for requests that arrive too slowly. The default of 30 s is too long. */
const TIMEOUT_CHECK_MS = 500;

/**
 * How many new connections may wait, because a rush opens thousands at the same moment. The kernel
 * can have a lower limit.
 */
const BACKLOG = 4096;

/** Serves an application over HTTP. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listener> {
  const { host, port, connectionsMax, clock, ids } = options;
  const server = newServer(options);
  const connections = trackConnections(server, { clock, connectionsMax });
  let closing = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (!connections.begin(request, response)) return;
    if (closing) response.shouldKeepAlive = false;
    handler(request, response);
  };
  /** Writes the answer after the answer to an earlier request, so that both arrive in order. */
  const afterLatest = (socket: Duplex, answer: () => void): void => {
    const before = connections.openResponse(socket);
    if (before?.req.complete || before?.headersSent) before.once("close", answer);
    else answer();
  };
  /** Writes a connection's last answer. A connection that is ending has had its last answer. */
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
  // Node emits this event for an unknown `Expect`. The application refuses the request.
  server.on("checkExpectation", onRequest);
  server.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    // Node removed its listeners. An error without a listener would end the process.
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
      // All connections have ended. This call stops Node's timer for slow requests.
      server.close();
      done.abort();
      await late;
    },
  };
}

function newServer({ requestTimeoutMs, unreadMsMax = UNREAD_MS_MAX }: ListenOptions): Server {
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(HEADERS_MS_MAX, requestTimeoutMs),
    requestTimeout: requestTimeoutMs + REQUEST_GRACE_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    noDelay: true,
    // Node must not refuse a request without Host: the application answers it with a problem.
    requireHostHeader: false,
  });
  // Node destroys a socket on which no byte has moved for one or two of these times, also while a
  // request is at work. So the time for the work comes on top.
  server.setTimeout(requestTimeoutMs + REQUEST_GRACE_MS + unreadMsMax);
  return server;
}

/**
 * Waits until Node has read what the kernel has received, because a connection that is closed with
 * an unread request is reset. The first wait ends the current pass of the event loop; in the second
 * pass Node reads from every connection.
 */
async function readArrived(): Promise<void> {
  await nextLoopPass();
  await nextLoopPass();
}

/**
 * Stops accepting connections, and resolves when every connection has ended. The HTTP server's own
 * `close` is not used: it would also destroy idle connections before their received bytes are read.
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
