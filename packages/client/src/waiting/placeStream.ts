import { createParser } from "eventsource-parser";
import { type Link, openAnswer, requestOf } from "../http/call.ts";
import { boundSignal } from "../shared/signals.ts";
import { isLine, isPlace } from "./placeIn.ts";
import type { Place } from "./position.ts";

/** The data of an event `position`. */
export type PositionEvent = Pick<
  Place,
  "position" | "ahead" | "etaSeconds" | "generation" | "admittedCount"
>;

/** The events of a stream about a place, in the words of the API. */
export type PlaceEvent =
  | { readonly name: "place"; readonly data: Place }
  | { readonly name: "position"; readonly data: PositionEvent }
  | { readonly name: "changed" };

/** How a stream ended. */
export interface StreamEnd {
  /** `changed`: the place does not wait any more. `refused`: there was no stream. */
  readonly kind: "changed" | "refused" | "broken";
  /** True when an event arrived. */
  readonly heard: boolean;
}

/** The state that the next stream of the same place continues. */
export interface StreamState {
  /** The id of the last event; "" before the first one. */
  lastEventId: string;
  /** The pause before the next connection, ms. The server chooses it, differently for each. */
  retryMs: number;
}

/** The server sends a comment after 15 s without an event. After this silence, it is gone. */
const SILENCE_MS_MAX = 45_000;
/** The bounds of the pause that a server can ask for. The API asks for 2 to 4 s. */
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 60_000;
/** A longer id makes the headers too large for servers between here and the API. */
const EVENT_ID = /^[\x21-\x7e]{0,256}$/;
/** An event has some hundred characters. A longer one is not from this API. */
const EVENT_LENGTH_MAX = 64 * 1024;

/**
 * Reads one stream of events about the place of the token, until it ends. A failure is an end too.
 * @param state is changed: the last event id, and the pause that the server asks for
 * @throws the reason of the signal when it aborts
 */
export async function readPlaceStream(
  link: Link,
  token: string,
  state: StreamState,
  onEvent: (event: PlaceEvent) => void,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const { environment } = link;
  const ending = boundSignal(environment, { signal });
  let cancel = environment.after(link.attemptTimeoutMs, ending.abort);
  /** Begins the time again in which something must arrive. */
  const listen = (): void => {
    cancel();
    cancel = environment.after(SILENCE_MS_MAX, ending.abort);
  };
  let heard = false;
  let changed = false;
  try {
    const headers = {
      accept: "text/event-stream",
      ...(state.lastEventId === "" ? {} : { "last-event-id": state.lastEventId }),
    };
    const request = requestOf(link, "myQueueEvents", {}, { token, headers });
    const response = await openAnswer(link, request, ending.signal);
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (!response.ok || !isStream || response.body === null) {
      await response.body?.cancel();
      return { kind: "refused", heard };
    }
    await readChunks(response.body, listen, state, (event) => {
      heard = true;
      if (event.name === "changed") changed = true;
      else onEvent(event);
      return changed;
    });
  } catch {
    signal.throwIfAborted();
  } finally {
    cancel();
    ending.release();
    // Closes the connection when the stream is not at its end.
    ending.abort();
  }
  return { kind: changed ? "changed" : "broken", heard };
}

async function readChunks(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
  state: StreamState,
  onEvent: (event: PlaceEvent) => boolean,
): Promise<void> {
  let isEnough = false;
  const parser = createParser({
    maxBufferSize: EVENT_LENGTH_MAX,
    onRetry: (ms) => {
      state.retryMs = Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, ms));
    },
    onEvent: ({ event, id, data }) => {
      const known = isEnough ? undefined : eventOf(event, data);
      if (known === undefined) return;
      if (id !== undefined && EVENT_ID.test(id)) state.lastEventId = id;
      isEnough = onEvent(known);
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    onChunk();
    const { done, value } = await reader.read();
    if (done || isEnough) return;
    parser.feed(decoder.decode(value, { stream: true }));
    if (isEnough) return;
  }
}

/**
 * Returns undefined for an event that this client does not know.
 * @throws SyntaxError, TypeError when the data are not those of the event
 */
function eventOf(name: string | undefined, data: string): PlaceEvent | undefined {
  if (name === "changed") return { name };
  if (name !== "place" && name !== "position") return undefined;
  const parsed = JSON.parse(data);
  const isValid = name === "place" ? isPlace(parsed) : isLine(parsed);
  if (!isValid) throw new TypeError(`The event ${name} lacks fields`);
  return { name, data: parsed };
}
