import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "@onsale/core";

/*
 * The sockets of one HTTP server, and when each of them ends.
 *
 * Problem: Node keeps a socket open for as long as the peer wants in three cases. A client can send
 * part of a body, receive an early answer, and never send the rest. A client can receive the last
 * answer and never close its side. A client can connect and stay silent. Each such socket costs a
 * file descriptor, and a process without free descriptors cannot reach MySQL or Redis. (A time
 * limit of the listener, listen.ts, ends the connection of a client that does not read its answer.)
 *
 * States of a connection:
 * - idle: no request is open. A new connection is idle until the headers of its first request have
 *   arrived; a kept connection is idle between two requests.
 * - busy: at least one request is open (its answer is not written yet).
 * - ending: the last answer is written and the server has sent FIN. The server reads and discards
 *   the bytes that still arrive, because closing a socket with unread bytes resets it, and a reset
 *   can destroy an answer that the client has not read yet. Requests in this state are ignored.
 *
 * Decisions:
 * - The application answers `Connection: close` when the request's body has not arrived completely
 *   (middlewares/requestState.ts). Node then closes the socket through `destroySoon`, which is
 *   replaced here: such a connection changes to ending.
 * - The listener (listen.ts) ends a connection after CONNECT and after bytes that are not HTTP.
 * - An ending connection is destroyed when the client closes its side, and after `LINGER_MS` at the
 *   latest. Its request is destroyed too, so that a body parser which still waits is released.
 * - When the number of connections comes near its bound, each new connection displaces another one:
 *   the oldest ending connection, else the connection that has been idle longest, else the oldest
 *   one whose request has not arrived completely. Probes and new clients are therefore served while
 *   many sockets are open that are silent or send half a body. A connection whose request is at
 *   work is never displaced. When all connections are such ones, Node closes new ones at the bound
 *   (`maxConnections`).
 *
 * Not promised: a client that uploads a large body for longer than `LINGER_MS` after the answer can
 * lose the answer. A slow upload can be cut while all connections are in use. A kept connection
 * that is idle can be closed at any moment, as HTTP allows.
 */

/**
 * How long an ending connection stays open: several round trips. A client that needs longer may
 * not receive its answer; nothing else is lost.
 */
const LINGER_MS = 1_000;

/**
 * Share of the bound that stays free: displacement starts when only this share is left, because
 * many connections can arrive at the same moment.
 */
const HEADROOM_SHARE = 0.1;

interface Connection {
  readonly socket: Socket;
  /**
   * The responses that are not written completely. An array, because the tables that a Set leaves
   * behind would keep the responses in memory (deadlineSweep.ts in core).
   */
  open: readonly ServerResponse[];
  latest: ServerResponse | undefined;
}

export interface Connections {
  /**
   * Registers a request. Returns false when the connection is ending; the request must then not be
   * handled.
   */
  begin(request: IncomingMessage, response: ServerResponse): boolean;
  /** Returns the response to the socket's latest request, if it is not written completely. */
  openResponse(socket: Duplex): ServerResponse | undefined;
  isEnding(socket: Duplex): boolean;
  /** Sends FIN after the written bytes, and destroys the socket within `LINGER_MS`. */
  end(socket: Duplex): void;
  /**
   * Closes every connection after its current answer, unless the head of the answer is already
   * sent.
   */
  keepNone(): void;
  destroyAll(): void;
  count(): number;
}

/** Tracks the connections of a server and limits their number. The server must not listen yet. */
export function trackConnections(
  server: Server,
  { clock, connectionsMax }: { readonly clock: Clock; readonly connectionsMax: number },
): Connections {
  const all = new Map<Duplex, Connection>();
  // A set keeps the order of insertion, so the first entry has been idle longest.
  const idle = new Set<Connection>();
  const ending = new Set<Connection>();
  const displaceFrom = connectionsMax - Math.ceil(connectionsMax * HEADROOM_SHARE);
  server.maxConnections = connectionsMax;

  const isEnding = (one: Connection | undefined) => one !== undefined && ending.has(one);
  function end(connection: Connection): void {
    if (isEnding(connection)) return;
    idle.delete(connection);
    ending.add(connection);
    void linger(connection, clock);
  }

  server.on("connection", (socket: Socket) => {
    if (all.size >= displaceFrom) displaceOne([ending, idle, arriving(all)]);
    const connection: Connection = { socket, open: [], latest: undefined };
    all.set(socket, connection);
    idle.add(connection);
    socket.once("close", () => {
      all.delete(socket);
      for (const state of [idle, ending]) state.delete(connection);
      abandon(connection);
    });
    replaceDestroySoon(connection, () => end(connection));
  });

  return {
    begin(request, response) {
      const connection = all.get(request.socket);
      if (connection === undefined || ending.has(connection)) {
        request.resume();
        return false;
      }
      connection.open = [...connection.open, response];
      connection.latest = response;
      idle.delete(connection);
      response.once("close", () => {
        connection.open = connection.open.filter((one) => one !== response);
        const isFree = connection.open.length === 0 && !ending.has(connection);
        if (isFree && all.has(connection.socket)) idle.add(connection);
      });
      return true;
    },
    openResponse(socket) {
      const { open, latest } = all.get(socket) ?? {};
      return latest && open?.includes(latest) ? latest : undefined;
    },
    isEnding: (socket) => isEnding(all.get(socket)),
    end(socket) {
      const connection = all.get(socket);
      if (connection) end(connection);
      else socket.destroy();
    },
    keepNone() {
      const open = [...all.values()].flatMap((connection) => [...connection.open]);
      for (const response of open) if (!response.headersSent) response.shouldKeepAlive = false;
    },
    destroyAll() {
      for (const { socket } of all.values()) socket.destroy();
    },
    count: () => all.size,
  };
}

/** Ends the work that still waits for data of a closed connection's request. */
function abandon(connection: Connection): void {
  const { latest } = connection;
  connection.open = [];
  if (latest && !latest.req.complete) latest.req.destroy();
}

/** @param states connections that can be displaced, each kind with the oldest one first */
function displaceOne(states: readonly Iterable<Connection>[]): void {
  for (const candidates of states) {
    for (const { socket } of candidates) {
      // A destroyed socket stays in its state until its end is reported.
      if (socket.destroyed) continue;
      socket.destroy();
      return;
    }
  }
}

/** The connections whose request has not arrived completely and has no answer, oldest first. */
function* arriving(all: ReadonlyMap<Duplex, Connection>): Iterable<Connection> {
  for (const connection of all.values()) {
    const { open, latest } = connection;
    if (latest && open.includes(latest) && !latest.req.complete) yield connection;
  }
}

/**
 * Replaces `destroySoon` of the socket, which Node calls after an answer with `Connection: close`.
 */
function replaceDestroySoon(connection: Connection, end: () => void): void {
  const { socket } = connection;
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    if (connection.latest?.req.complete === false) end();
    else destroySoon();
  };
}

/** Sends FIN, discards all further bytes, and destroys the socket at the time limit. */
async function linger({ socket, latest }: Connection, clock: Clock): Promise<void> {
  socket.end();
  // Two sources must be discarded: Node gives the rest of a body to the request, and the bytes
  // after CONNECT to the socket.
  latest?.req.resume();
  socket.resume();
  const closed = new AbortController();
  socket.once("close", () => closed.abort("closed"));
  await clock.sleep(LINGER_MS, closed.signal);
  socket.destroy();
}
