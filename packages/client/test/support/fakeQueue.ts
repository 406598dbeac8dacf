import type { Place, QueueStatus } from "../../src/waiting/position.ts";
import { accepted, type FakeEnvironment, type SeenRequest } from "./fakeEnvironment.ts";

/** A stream of events that a client has open. */
export interface OpenStream {
  readonly lastEventId: string | null;
  readonly token: string | null;
  send(text: string): void;
  end(): void;
  isOpen(): boolean;
}

/** A queue that a test moves by hand. */
export interface FakeQueue {
  place: Place;
  status: QueueStatus;
  /** Answers a request for a stream in place of a stream. */
  streamRefusal: (() => Response) | undefined;
  /** Answers a poll in place of the place. */
  pollRefusal: ((request: SeenRequest) => Response) | undefined;
  readonly streams: OpenStream[];
  /** The times of the requests for this path. */
  timesOf(path: string): number[];
}

const POLL = "/queue/tokens/me";
const EVENTS = "/queue/tokens/me/events";
const STATUS = "/queues/main/status";
export const PATHS = { POLL, EVENTS, STATUS };

/** A waiting place. */
export function waiting(position: number, changes: Partial<Place> = {}): Place {
  return {
    ...{ token: `token-${position}`, status: "WAITING", position, queueOrder: position },
    ...{ ahead: position - 1, remainingTime: position, etaSeconds: position },
    ...{ generation: 1, admittedCount: 0, expiresAt: null, pollAfterMs: 600_000 },
    ...changes,
  };
}

/** An active place. */
export function active(): Place {
  return waiting(0, {
    ...{ token: "token-active", status: "ACTIVE", ahead: 0, etaSeconds: 0, remainingTime: 0 },
    ...{ generation: null, admittedCount: null, expiresAt: "2026-12-01T10:00:00.000Z" },
  });
}

/** Answers the requests of a waiting buyer. */
export function fakeQueue(environment: FakeEnvironment, position: number): FakeQueue {
  const queue: FakeQueue = {
    place: waiting(position),
    status: {
      ...{ queueId: "main", mode: "open", generation: 1, admittedCount: 0, waitingCount: 9 },
      ...{ admissionsPerSecond: 1, waits: [{ position: 1, etaSeconds: 1 }] },
    },
    streamRefusal: undefined,
    pollRefusal: undefined,
    streams: [],
    timesOf: (path) =>
      environment.seen.flatMap((request) => (request.path === path ? [request.atMs] : [])),
  };
  environment.answerWith((request, signal) => {
    if (request.path === STATUS) return accepted(queue.status);
    if (request.path === POLL) return queue.pollRefusal?.(request) ?? accepted(queue.place);
    return queue.streamRefusal?.() ?? openStream(queue, request, signal);
  });
  return queue;
}

function openStream(queue: FakeQueue, { headers }: SeenRequest, signal: AbortSignal): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let isOpen = true;
  const end = (): void => {
    if (isOpen) void writer.close().catch(() => {});
    isOpen = false;
  };
  signal.addEventListener("abort", () => {
    isOpen = false;
    void writer.abort(signal.reason).catch(() => {});
  });
  queue.streams.push({
    lastEventId: headers.get("last-event-id"),
    token: headers.get("authorization"),
    send: (text) => void writer.write(new TextEncoder().encode(text)).catch(() => {}),
    end,
    isOpen: () => isOpen,
  });
  return new Response(readable, { headers: { "content-type": "text/event-stream" } });
}

/** An event as the API writes it. */
export function eventText(name: string, id: string, data: object): string {
  return `event:${name}\nid:${id}\ndata:${JSON.stringify(data)}\n\n`;
}

/** An event about a new position. */
export function positionText(position: number, admittedCount = 0): string {
  const data = { position, ahead: position - 1, etaSeconds: position, generation: 1 };
  return eventText("position", `1-${admittedCount}-${position}`, { ...data, admittedCount });
}
