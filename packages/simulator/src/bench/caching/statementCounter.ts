import { connect, createServer, type Socket } from "node:net";
import type { Sql } from "@onsale/core/statements";

/*
 * Counts the statements that reach MySQL
 *
 * A relay between the API processes and MySQL: it passes all bytes on, and reads the packets of
 * the clients beside. A packet has a length of three bytes, a number, and its payload; a statement
 * is packet 0 of its exchange and begins with the command COM_QUERY. On MySQL, binary counts of
 * query attributes stand before the text. The product sends each statement as one such packet.
 *
 * The count does not depend on counters of the server, which other clients increase too, nor on
 * the product's own metrics.
 */

const HEADER_BYTES = 4;
const COM_QUERY = 3;
const BLANK = 0x20;

export interface StatementCounter {
  /** The URL of the same database through the relay. */
  readonly url: string;
  /** Number of statements of this name so far. */
  count(name: string): number;
  close(): Promise<void>;
}

/**
 * Starts the relay on loopback. It cannot read encrypted connections.
 * @param statements those to count; a statement is recognised by its text before its first value
 */
export async function countStatements(
  mysqlUrl: string,
  statements: readonly Sql[],
): Promise<StatementCounter> {
  const counts = new Map<string, number>();
  const prefixes = statements.map(({ name, text }) => ({ name, prefix: prefixOf(text) }));
  const onStatement = (text: string): void => {
    const found = prefixes.find(({ prefix }) => text.startsWith(prefix));
    if (found) counts.set(found.name, (counts.get(found.name) ?? 0) + 1);
  };
  const url = new URL(mysqlUrl);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const port = Number(url.port || "3306");
    const upstream = connect({ host: url.hostname, port, noDelay: true });
    const ends = [client, upstream];
    for (const socket of ends) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        sockets.delete(socket);
        for (const one of ends) one.destroy();
      });
    }
    client.on("data", packetReader(onStatement));
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  const relayUrl = new URL(mysqlUrl);
  relayUrl.hostname = "127.0.0.1";
  relayUrl.port = String(address.port);
  return {
    url: relayUrl.href,
    count: (name) => counts.get(name) ?? 0,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The text before the first named value, without the blanks around it. */
export function prefixOf(text: string): string {
  return (/^[^:]*/.exec(text.trim())?.[0] ?? "").trimEnd();
}

/** Returns a function that takes the bytes of one client, and reports its statements. */
export function packetReader(onStatement: (text: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUIntLE(0, 3);
      if (rest.length < end) return;
      const isStatement = rest[3] === 0 && rest[HEADER_BYTES] === COM_QUERY;
      if (isStatement) onStatement(textOf(rest.subarray(HEADER_BYTES + 1, end)));
      rest = rest.subarray(end);
    }
  };
}

/** The text of a statement, without the bytes of attributes and the blanks before it. */
function textOf(payload: Buffer): string {
  const start = payload.findIndex((byte) => byte > BLANK);
  return start < 0 ? "" : payload.toString("utf8", start);
}
