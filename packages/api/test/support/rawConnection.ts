import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A TCP connection that a test drives byte by byte. */
export interface RawConnection {
  readonly socket: Socket;
  /** Everything that the server has sent so far. */
  received(): string;
  /** Resolves with the received text as soon as the text matches. */
  matched(pattern: RegExp): Promise<string>;
  /** Resolves with all received text after the server has closed its side. */
  readonly ended: Promise<string>;
}

/**
 * Opens a connection and writes to it. The client never closes its side by itself, even when the
 * server has closed its own: that is what a hostile or dead client does.
 */
export async function openRaw(port: number, written = ""): Promise<RawConnection> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  let text = "";
  const watchers = new Set<() => void>();
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
    for (const watcher of watchers) watcher();
  });
  // A reset ends the connection too. The text that was received before the reset counts.
  socket.on("error", () => {});
  const ended = new Promise<string>((resolve) => {
    socket.once("end", () => resolve(text));
    socket.once("close", () => resolve(text));
  });
  if (written !== "") socket.write(written);
  return {
    socket,
    received: () => text,
    matched: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(text)) resolve(text);
        };
        watchers.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without ${pattern}: ${text}`)));
      }),
    ended,
  };
}

/** Returns the statuses of all answers in the received text, without 100 Continue. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)]
    .map(([, status]) => Number(status))
    .filter((status) => status !== 100);
}
