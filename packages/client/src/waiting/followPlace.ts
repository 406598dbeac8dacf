import type { CallOptions, Link } from "../http/call.ts";
import { isTransient } from "../http/repetition.ts";
import { boundSignal, sleep } from "../shared/signals.ts";
import { createMailbox } from "./mailbox.ts";
import type { Place } from "./position.ts";
import { type PlaceChange, watchPlace } from "./watchPlace.ts";

/*
 * Waiting for the admission
 *
 * Problem: a buyer must learn of the admission soon, and wants to see the line move. A connection
 * can break without a sign, a process can end, Redis can lose the queue, and thousands of clients
 * must not ask more often than the servers can answer.
 *
 * Two loops. The polls read the own place at the times that the API advises (`pollAfterMs`); they
 * alone decide that the buyer is active, and they activate the admission. The watch shows the line
 * moving in between, and asks for an early poll when the line has reached the buyer:
 * - over Server-Sent Events, which continue with `Last-Event-ID` after a broken connection, at the
 *   pause that the server asks for;
 * - while there is no stream (503: the process has too many; a proxy that holds events back), with
 *   the status of the queue, which is the same for all buyers and which a CDN may keep.
 *
 * Failures:
 * - No answer, 429, 503: the polls go on, up to `OUTAGE_MS_MAX`. The token keeps the place.
 * - Redis lost the queue: no position is shown until the next poll, whose token restores the place.
 * - The place has ended (410, 404): the error goes to the caller, who joins again.
 *
 * Not promised: each single position.
 */

/** The visit whose place is followed. */
export interface FollowedVisit {
  readonly queueId: string;
  /** The newest token. */
  token(): string;
  /** The latest place, and when it was read; undefined before the first answer. */
  latest(): { readonly place: Place; readonly readMs: number } | undefined;
  /** Takes over a place that an event contained, with its token. */
  keep(place: Place): void;
  /** Reads the own place. */
  poll(options: CallOptions): Promise<Place>;
}

export interface FollowOptions extends CallOptions {
  /** False: only polls and the status of the queue, no Server-Sent Events. Default: true. */
  readonly live?: boolean | undefined;
}

/** As long as an admission. Without an answer for longer, the place is probably gone. */
const OUTAGE_MS_MAX = 600_000;
/** The shortest pause that an API can be set to advise. */
const POLL_AFTER_MS_MIN = 50;
/** The pause between two polls during an outage, ms; a random part is added. */
const OUTAGE_PAUSE_MS = 5_000;

/**
 * Yields the place whenever it changes, and ends with the active place.
 * @throws ProblemError when the place has ended; the errors of a call during an outage of ten
 *   minutes; the reason of the signal; a DOMException named TimeoutError after `timeoutMs`
 */
export async function* followPlace(
  link: Link,
  visit: FollowedVisit,
  { live = true, ...bounds }: FollowOptions,
): AsyncGenerator<Place, void, undefined> {
  const { environment } = link;
  const bound = boundSignal(environment, bounds);
  const { signal } = bound;
  const changes = createMailbox<PlaceChange>(environment);
  let watching: Promise<void> | undefined;
  try {
    const latest = visit.latest();
    // An active place may have been used up since. For a new one, the poll is its activation.
    let { place, readMs } =
      latest?.place.status === "WAITING" ? latest : await pollThroughOutage(link, visit, signal);
    let shown: Place | undefined;
    for (;;) {
      if (shown === undefined || isDifferent(place, shown)) yield place;
      if (place.status === "ACTIVE") return;
      shown = place;
      const watched = { ...visit, place: () => place, isLive: live };
      // The only rejection is that of the signal, with which this loop ends too.
      watching ??= watchPlace(link, watched, changes.put, signal).catch(() => {});
      const pollAfterMs = Math.max(POLL_AFTER_MS_MIN, place.pollAfterMs);
      const untilPollMs = readMs + pollAfterMs - environment.monotonicMs();
      const change = await changes.take(untilPollMs, signal);
      const moved = change === undefined ? undefined : placeAfter(change, place);
      if (moved !== undefined) {
        visit.keep(moved);
        place = moved;
      }
      if (moved?.status !== "WAITING") {
        ({ place, readMs } = await pollThroughOutage(link, visit, signal));
      }
    }
  } finally {
    bound.release();
    bound.abort();
    await watching;
  }
}

/** Returns the place after the change; undefined when the change says only that there is one. */
function placeAfter(change: PlaceChange, place: Place): Place | undefined {
  if (change.name === "changed") return undefined;
  return change.name === "place" ? change.data : { ...place, ...change.data };
}

function isDifferent(one: Place, other: Place): boolean {
  const { status, position, etaSeconds } = other;
  return one.status !== status || one.position !== position || one.etaSeconds !== etaSeconds;
}

/** Polls the place until there is an answer. Between the polls of an outage are a few seconds. */
async function pollThroughOutage(
  { environment }: Link,
  visit: FollowedVisit,
  signal: AbortSignal,
): Promise<{ readonly place: Place; readonly readMs: number }> {
  const untilMs = environment.monotonicMs() + OUTAGE_MS_MAX;
  for (;;) {
    try {
      const place = await visit.poll({ signal });
      return { place, readMs: environment.monotonicMs() };
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error) || environment.monotonicMs() >= untilMs) throw error;
      await sleep(environment, OUTAGE_PAUSE_MS * (1 + environment.random()), signal);
    }
  }
}
