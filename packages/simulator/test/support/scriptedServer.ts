import { createServer, type Socket } from "node:net";

/** The answer of a scripted server, or the end of the connection without an answer. */
export type Reaction =
  | { readonly status: number; readonly body: string }
  | "hang up"
  | Promise<{ readonly status: number; readonly body: string }>;

export interface ScriptedServer {
  readonly port: number;
  /** The first lines of all requests, in the order of their arrival. */
  readonly seen: readonly string[];
  /** The largest number of requests that were open at the same time. */
  openMax(): number;
  close(): Promise<void>;
}

/** A server on loopback that answers each request as the script says. */
export async function scriptedServer(
  react: (line: string, index: number) => Reaction,
): Promise<ScriptedServer> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  let open = 0;
  let openMax = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (chunk) => void answer(socket, chunk.toString("latin1")));
  });
  async function answer(socket: Socket, request: string): Promise<void> {
    const line = request.slice(0, request.indexOf("\r\n"));
    seen.push(line);
    open += 1;
    openMax = Math.max(openMax, open);
    const reaction = await react(line, seen.length - 1);
    open -= 1;
    if (reaction === "hang up") {
      socket.destroy();
      return;
    }
    const { status, body } = reaction;
    const length = Buffer.byteLength(body);
    socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: ${length}\r\n\r\n${body}`);
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    seen,
    openMax: () => openMax,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
