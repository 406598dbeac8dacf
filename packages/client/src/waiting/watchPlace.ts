import { call, type Link } from "../http/call.ts";
import { sleep } from "../shared/signals.ts";
import { isQueueStatus } from "./placeIn.ts";
import { type PlaceEvent, readPlaceStream, type StreamState } from "./placeStream.ts";
import { etaSecondsAt, type Place, positionIn, type QueueStatus } from "./position.ts";

/** A change that a watch has seen. `changed` means: poll the place now. */
export type PlaceChange = PlaceEvent;

export interface WatchedPlace {
  /** The newest token. */
  token(): string;
  /** The place of the latest answer or event. */
  place(): Place;
  readonly queueId: string;
  /** False: no streams, only the shared status of the queue. */
  readonly isLive: boolean;
}

/** Before the first stream has named a pause. */
const RETRY_MS = 3_000;
/** After this many streams without an event, a proxy between here and the API blocks streams. */
const SILENT_STREAMS_MAX = 2;
/** How long the shared status replaces the stream, before the stream is tried again. */
const STATUS_PERIOD_MS = 60_000;
/** The status of a queue may be kept for a second, so a client reads it no more often. */
const STATUS_EVERY_MS_MIN = 1_000;
const STATUS_EVERY_MS_MAX = 30_000;
/** How many times a buyer reads the status during the estimated wait. */
const STATUS_READS = 20;

/**
 * Watches a place until the signal aborts: over a stream, or with the shared status of its queue
 * while there is no stream. Never rejects for another reason than the signal, because the polls of
 * the place report failures.
 */
export async function watchPlace(
  link: Link,
  watched: WatchedPlace,
  put: (change: PlaceChange) => void,
  signal: AbortSignal,
): Promise<void> {
  const state: StreamState = { lastEventId: "", retryMs: RETRY_MS };
  let silent = 0;
  for (;;) {
    if (watched.isLive) {
      const { kind, heard } = await readPlaceStream(link, watched.token(), state, put, signal);
      if (kind === "changed") put({ name: "changed" });
      silent = heard ? 0 : silent + 1;
      if (kind !== "refused" && silent < SILENT_STREAMS_MAX) {
        await sleep(link.environment, state.retryMs, signal);
        continue;
      }
    }
    await watchStatus(link, watched, put, signal);
  }
}

/** Follows the place with the shared status of its queue for a while. */
async function watchStatus(
  link: Link,
  watched: WatchedPlace,
  put: (change: PlaceChange) => void,
  signal: AbortSignal,
): Promise<void> {
  const { environment } = link;
  const untilMs = environment.monotonicMs() + STATUS_PERIOD_MS * (1 + environment.random());
  while (environment.monotonicMs() < untilMs) {
    await sleep(environment, statusPauseMs(watched.place()), signal);
    const status = await readStatus(link, watched.queueId, signal);
    const change = status && changeIn(status, watched.place());
    if (change !== undefined) put(change);
  }
}

/** Returns undefined without an answer: the buyer then polls at the advised times. */
async function readStatus(
  link: Link,
  queueId: string,
  signal: AbortSignal,
): Promise<QueueStatus | undefined> {
  try {
    const once = { ...link, attemptsMax: 1 };
    const { data } = await call(once, "queueOverview", { path: { queueId } }, { signal });
    return isQueueStatus(data) ? data : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** A buyer with a long wait reads the status less often: not every API is behind a cache. */
function statusPauseMs({ etaSeconds }: Place): number {
  const wantedMs = ((etaSeconds ?? 0) * 1000) / STATUS_READS;
  return Math.min(STATUS_EVERY_MS_MAX, Math.max(STATUS_EVERY_MS_MIN, wantedMs));
}

/** Returns undefined when the buyer sees no difference. */
export function changeIn(status: QueueStatus, place: Place): PlaceChange | undefined {
  const position = positionIn(status, place);
  if (position === undefined) return undefined;
  if (position < 1) return { name: "changed" };
  const etaSeconds = etaSecondsAt(status, position);
  const isPaused = etaSeconds === null;
  if (position === place.position && isPaused === (place.etaSeconds === null)) return undefined;
  const { generation } = status;
  const admittedCount = Math.max(status.admittedCount, place.admittedCount ?? 0);
  const data = { position, ahead: position - 1, etaSeconds, generation, admittedCount };
  return { name: "position", data };
}
