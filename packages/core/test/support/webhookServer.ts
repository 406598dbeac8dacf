import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";

export interface WebhookCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookServer {
  readonly url: string;
  readonly calls: readonly WebhookCall[];
  /**
   * The answers to the next calls; later calls get 200. "silence" means that the server does not
   * answer, "endless" that it refuses with a body that has no end.
   */
  answerNext(...answers: WebhookAnswer[]): void;
  /** Resolves when the connection of the last endless answer has ended. @returns its bytes */
  endlessBytes(): Promise<number>;
  /** Resolves when the condition is true. The time limit of the test ends the wait. */
  until(holds: (calls: readonly WebhookCall[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

export type WebhookAnswer = number | "silence" | "endless";

/** An external platform that keeps the notifications that it receives. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const calls: WebhookCall[] = [];
  const answers: WebhookAnswer[] = [];
  let endless: Promise<number> = Promise.resolve(0);
  const watchers = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    calls.push({ headers: request.headers, body });
    for (const look of watchers) look();
    const answer = answers.shift() ?? 200;
    if (answer === "silence") return;
    if (answer === "endless") {
      response.writeHead(500);
      endless = sendEndlessly(response);
      return;
    }
    response.writeHead(answer).end(answer === 200 ? "ok" : "no thanks");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on TCP");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    calls,
    answerNext: (...next) => void answers.push(...next),
    endlessBytes: () => endless,
    until(holds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (!holds(calls)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      return promise;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Writes until the receiver closes the connection. @returns the bytes that were written */
async function sendEndlessly(response: ServerResponse): Promise<number> {
  const chunk = Buffer.alloc(16 * 1024, "x");
  let bytes = 0;
  const more = (): void => {
    let goesOn = true;
    while (goesOn && !response.destroyed) {
      goesOn = response.write(chunk);
      bytes += chunk.length;
    }
  };
  response.on("drain", more);
  more();
  await once(response, "close");
  return bytes;
}
