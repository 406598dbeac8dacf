import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";

export interface WebhookCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebhookServer {
  readonly url: string;
  readonly calls: readonly WebhookCall[];
  /**
   * The answers to the next calls; later calls get 200. "silence" means that the server does not
   * answer.
   */
  answerNext(...statuses: (number | "silence")[]): void;
  /** Resolves when the condition is true. The time limit of the test ends the wait. */
  until(holds: (calls: readonly WebhookCall[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** An external platform that keeps the notifications that it receives. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const calls: WebhookCall[] = [];
  const answers: (number | "silence")[] = [];
  const watchers = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    calls.push({ headers: request.headers, body });
    for (const look of watchers) look();
    const answer = answers.shift() ?? 200;
    if (answer === "silence") return;
    response.writeHead(answer).end(answer === 200 ? "ok" : "no thanks");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on TCP");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    calls,
    answerNext: (...statuses) => void answers.push(...statuses),
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
