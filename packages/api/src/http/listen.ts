import {
  createServer,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Socket } from "node:net";
import type { Clock, Ids } from "@onsale/core";
import { type ErrorCode, PROBLEMS } from "../problems.ts";

export interface Listener {
  /** "http://127.0.0.1:8080", with the real port. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, lets requests in flight end, cuts what is left after `withinMs`. */
  close(withinMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** How long a client may take to send a request. */
  readonly requestTimeoutMs: number;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Longer than the idle time of common load balancers (60 s), so that they close first, not we. */
const KEEP_ALIVE_MS = 65_000;

/** Headers are a few hundred bytes; whoever needs longer than this for them is holding a place. */
const HEADERS_MS_MAX = 5_000;

/** How often Node looks for requests that arrive too slowly; its own 30 s would be no bound. */
const TIMEOUT_CHECK_MS = 500;

/** A rush opens thousands of connections at one moment; the kernel's own bound applies below it. */
const BACKLOG = 4096;

/** Serves an application over HTTP. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listener> {
  const { host, port, requestTimeoutMs, clock, ids } = options;
  const server = createServer({
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: Math.min(HEADERS_MS_MAX, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    noDelay: true,
  });
  const open = new Set<ServerResponse>();
  const latest = new WeakMap<Socket, ServerResponse>();
  let closing = false;
  server.on("request", (request, response) => {
    open.add(response);
    latest.set(request.socket, response);
    response.once("close", () => open.delete(response));
    if (closing) response.shouldKeepAlive = false;
    handler(request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const answer = (): void => answerClientError(error, socket, ids.uuid());
    const before = latest.get(socket);
    // What came whole is worked on, and its client must not take this answer for that one's.
    if (before?.req.complete && open.has(before)) before.once("close", answer);
    else answer();
  });
  const boundPort = await bind(server, host, port);
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${boundPort}`,
    port: boundPort,
    async close(withinMs) {
      closing = true;
      for (const response of open) if (!response.headersSent) response.shouldKeepAlive = false;
      const done = new AbortController();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = clock.sleep(withinMs, done.signal).then(() => server.closeAllConnections());
      await closed;
      done.abort();
      await late;
    },
  };
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

/** What never became a request is answered here, in the same form as everything else. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ""] ?? "MALFORMED_HTTP";
  const { status, title, remedy } = PROBLEMS[code];
  const body = JSON.stringify({
    type: `/docs#${code}`,
    title,
    status,
    detail: remedy,
    code,
    requestId,
  });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
      "Content-Type: application/problem+json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
