import type { ServerResponse } from "node:http";
import type { Clock } from "@onsale/core";
import { createEventBuffer } from "better-sse";

/** An event of the stream. A client that reconnects sends the id of its last event. */
export interface StreamEvent {
  readonly name: string;
  readonly id: string;
  readonly data: object;
}

/** One answer that stays open and carries events (Server-Sent Events). */
export interface EventStream {
  /**
   * Sends the event, unless the client has not taken the earlier ones yet.
   * @returns whether the event was sent
   */
  send(event: StreamEvent): boolean;
  /**
   * Keeps the connection alive: sends a comment after a quiet time. Destroys the connection of a
   * client that takes nothing.
   */
  keepAlive(): void;
  /** Ends the answer, after an event if one is given. Further calls have no effect. */
  end(event?: StreamEvent): void;
  /** Returns true after `end`, until the client has taken the rest. */
  isEnded(): boolean;
}

/** Proxies close connections that are silent for 30 or 60 seconds. */
const QUIET_MS_MAX = 15_000;
/** About 20 events wait for a slow client; then it gets no more until it has taken them. */
const UNSENT_BYTES_MAX = 4_096;
/** A client that takes no byte for this long is gone, or does not read. */
const STALLED_MS_MAX = 30_000;

/**
 * Begins the stream. Its headers must be set already.
 * @param retryMs after this time a client connects again when the connection ends
 */
export function eventStream(
  response: ServerResponse,
  clock: Pick<Clock, "monotonicMs">,
  retryMs: number,
): EventStream {
  let sentMs = clock.monotonicMs();
  let stalledSinceMs: number | undefined;
  let isEnded = false;

  function write(text: string): void {
    response.write(text);
    sentMs = clock.monotonicMs();
  }

  /** More bytes for a client that takes none would only fill the memory. */
  const isFull = (): boolean => response.writableLength > UNSENT_BYTES_MAX;

  /** Returns since when the client has taken nothing, looking once in each round. */
  function stalledMs(nowMs: number): number {
    stalledSinceMs = response.writableLength === 0 ? undefined : (stalledSinceMs ?? nowMs);
    return nowMs - (stalledSinceMs ?? nowMs);
  }

  response.flushHeaders();
  write(createEventBuffer().retry(retryMs).dispatch().read());
  return {
    send(event) {
      if (isEnded || isFull()) return false;
      write(textOf(event));
      return true;
    },
    keepAlive() {
      const nowMs = clock.monotonicMs();
      if (stalledMs(nowMs) >= STALLED_MS_MAX) response.destroy();
      else if (!isEnded && !isFull() && nowMs - sentMs >= QUIET_MS_MAX) {
        write(createEventBuffer().comment().dispatch().read());
      }
    },
    end(event) {
      if (isEnded) return;
      isEnded = true;
      if (isFull()) response.destroy();
      else response.end(event && textOf(event));
    },
    isEnded: () => isEnded,
  };
}

function textOf({ name, id, data }: StreamEvent): string {
  return createEventBuffer().event(name).id(id).data(data).dispatch().read();
}
