import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import { z } from "zod";

const attribute = z.object({
  key: z.string(),
  value: z.record(z.string(), z.unknown()).transform((value) => Object.values(value)[0]),
});

/** The parts of an OTLP request in JSON that the tests read. */
const exportRequest = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attribute) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              startTimeUnixNano: z.string(),
              endTimeUnixNano: z.string(),
              attributes: z.array(attribute).default([]),
              links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
              status: z.object({ code: z.number().default(0) }).default({ code: 0 }),
            }),
          ),
        }),
      ),
    }),
  ),
});

type OtlpSpan = z.infer<
  typeof exportRequest
>["resourceSpans"][number]["scopeSpans"][number]["spans"][number];

export interface ReceivedSpan extends Omit<OtlpSpan, "attributes"> {
  readonly service: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface OtlpReceiver {
  /** The value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** Resolves when the condition is true. The time limit of the test ends the wait. */
  until(holds: (spans: readonly ReceivedSpan[]) => boolean): Promise<void>;
  /** Accepts requests from now on, and never answers them. */
  silence(): void;
  /** Answers requests from now on with a body that never ends, a byte at a time. */
  trickle(): void;
  /** Resolves when no connection is open. The time limit of the test ends the wait. */
  untilDisconnected(): Promise<void>;
  /** Stops listening. A second call has no effect. */
  close(): Promise<void>;
}

/** A collector of traces that keeps the spans that it receives. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const watchers = new Set<() => void>();
  let isSilent = false;
  let isTrickling = false;
  const sockets = new Set<Socket>();
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    if (isSilent) return;
    if (isTrickling) {
      const drops = setInterval(() => response.write("x"), 100);
      response.on("close", () => clearInterval(drops));
      return;
    }
    requests.push({ path: request.url ?? "", headers: request.headers });
    spans.push(...spansOf(body));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
    for (const look of watchers) look();
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on TCP");
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    requests,
    until(holds) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = (): void => {
        if (!holds(spans)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      return promise;
    },
    silence() {
      isSilent = true;
    },
    trickle() {
      isTrickling = true;
    },
    async untilDisconnected() {
      await Promise.all([...sockets].map((socket) => once(socket, "close")));
    },
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function spansOf(body: string): ReceivedSpan[] {
  return exportRequest.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(factsOf(resource.attributes)["service.name"]);
    const all = scopeSpans.flatMap(({ spans }) => spans);
    return all.map(({ attributes, ...span }) => ({ ...span, service, facts: factsOf(attributes) }));
  });
}

const factsOf = (attributes: readonly z.infer<typeof attribute>[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value]));

/** The names from the span to the root of its trace, joined by " < ". */
export function pathOf(spans: readonly ReceivedSpan[], span: ReceivedSpan): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? `${span.name} < ${pathOf(spans, parent)}` : span.name;
}
