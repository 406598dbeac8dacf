import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** How often the balancer asks the processes whether they are ready, ms. */
const PROBE_EVERY_MS = 200;

/** A load balancer that sends requests to ready processes only. */
export interface Balancer {
  readonly url: string;
  /** Requests that reached a process. */
  readonly served: () => number;
  /** Requests that no process answered, each with the reason. */
  readonly lost: readonly string[];
  /** Resolves when the balancer sends requests to the process at the URL. */
  add(url: string): Promise<void>;
  /** Sends no more requests to the process. Resolves when it has answered the open ones. */
  remove(url: string): Promise<void>;
  close(): Promise<void>;
}

interface Received {
  readonly from: IncomingMessage;
  readonly body: Buffer;
}

/** The processes behind the balancer, and what happened to the requests. */
class Backends {
  readonly ready = new Map<string, boolean>();
  readonly lost: string[] = [];
  /** The number of requests without an answer, by process. */
  readonly open = new Map<string, number>();
  served = 0;
  #turn = 0;

  pick(tried: ReadonlySet<string>): string | undefined {
    const free = [...this.ready].filter(([url, isReady]) => isReady && !tried.has(url));
    this.#turn += 1;
    return free[this.#turn % free.length]?.[0];
  }

  async probe(): Promise<void> {
    for (const url of this.ready.keys()) {
      const isReady = await fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      // The balancer may have removed the process meanwhile.
      if (this.ready.has(url)) this.ready.set(url, isReady);
    }
  }

  forward({ from, body }: Received, to: ServerResponse, tried: Set<string>): void {
    const target = this.pick(tried);
    if (target === undefined) {
      this.#lose(to, `${from.method} ${from.url}: no process is ready`);
      return;
    }
    tried.add(target);
    this.#count(target, 1);
    const { method, url } = from;
    // A connection of its own: a process that ends may close a kept one, and the balancer would
    // not know whether the process had read the request.
    const headers = { ...from.headers, connection: "close" };
    const passed = request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
      this.served += 1;
      const { connection: _own, ...others } = answer.headers;
      to.writeHead(answer.statusCode ?? 502, others);
      answer.pipe(to);
    });
    passed.once("close", () => this.#count(target, -1));
    passed.on("error", (error: NodeJS.ErrnoException) => {
      // A refused connection carried no request, so another process may get it.
      if (error.code === "ECONNREFUSED") {
        if (this.ready.has(target)) this.ready.set(target, false);
        this.forward({ from, body }, to, tried);
        return;
      }
      this.#lose(to, `${method} ${url}: ${error.code ?? error.message}`);
    });
    passed.end(body);
  }

  #count(target: string, by: number): void {
    this.open.set(target, (this.open.get(target) ?? 0) + by);
  }

  #lose(to: ServerResponse, reason: string): void {
    this.lost.push(reason);
    if (to.headersSent) to.destroy();
    else to.writeHead(502).end();
  }
}

/** Starts the balancer on a free loopback port. */
export async function startBalancer(): Promise<Balancer> {
  const backends = new Backends();
  const stopping = new AbortController();
  const server = createServer(async (from, to) => {
    backends.forward({ from, body: await buffer(from) }, to, new Set());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  async function probe(): Promise<void> {
    while (!stopping.signal.aborted) {
      await backends.probe();
      await sleep(PROBE_EVERY_MS);
    }
  }
  const probing = probe();
  return {
    url: `http://127.0.0.1:${port}`,
    served: () => backends.served,
    lost: backends.lost,
    async add(url) {
      backends.ready.set(url, false);
      while (backends.ready.get(url) !== true) await sleep(PROBE_EVERY_MS);
    },
    async remove(url) {
      backends.ready.delete(url);
      while ((backends.open.get(url) ?? 0) > 0) await sleep(PROBE_EVERY_MS);
    },
    async close() {
      stopping.abort();
      await probing;
      server.closeAllConnections();
      server.close();
    },
  };
}
