import type { ServerResponse } from "node:http";
import { type CoreContext, CoreError, OverloadedError, type QueueTicket } from "@onsale/core";
import { eventStream } from "./eventStream.ts";
import { CHANGED, type Follower, placeEvent, takePlace } from "./follower.ts";
import { updateLine } from "./updateLine.ts";

/*
 * Server-Sent Events about places in line
 *
 * Problem: a buyer wants to see the line move, and thousands of buyers wait. A poll of each buyer
 * costs a request, a token and a call to Redis.
 *
 * A process keeps one connection for each following buyer and makes one round a second for all of
 * them: it reads the shared overview of each followed queue, and the positions of some hundred
 * followers in one call. In between, a position is calculated from the number of admissions.
 *
 * Events, each with an id:
 * - `place` first: the whole place with a new token, as the status answer has it. A client that
 *   reconnects with the id of its last event as `Last-Event-ID` gets no `place` while nothing has
 *   changed.
 * - `position` when the position changed, far from the head every five seconds at most, and when
 *   the queue is paused or continues: then `etaSeconds` becomes null, or a number again.
 * - `changed` last, when the place does not wait any more. The buyer then reads the own place,
 *   which activates the admission. The stream does not activate it: its connection may be dead, and
 *   the slot of an absent buyer goes to the next one.
 *
 * Bounds: a number of streams for each process, and two for each user, of whom the oldest stream is
 * ended for the newest. A client that does not read gets no further events once the buffers of the
 * system are full, which can take hours, so that it costs no memory of the process; half a minute
 * later it is disconnected. A request whose body has not arrived gets its place and no stream.
 *
 * Failures:
 * - Too many streams: 503 OVERLOADED, and the client polls.
 * - Redis does not answer: no events, but heartbeats, until it answers.
 * - Redis lost the queue: the process reads the places with the buyers' tokens, which restores
 *   them, those near the head first.
 * - The process shuts down: all streams end at once, and clients reconnect to another process after
 *   a random time.
 *
 * Not promised: each single position. A client that misses `changed`, because its connection broke,
 * learns of the admission with its next poll. So a client also polls at the advised times. The
 * stream of a client whose machine or network vanished stays until the system gives up the
 * connection, some 15 minutes later.
 */

/** The streams of one process. */
export interface PlaceEvents {
  /** @throws OverloadedError while the process has its maximum of streams */
  requireFree(): void;
  /**
   * Answers with a stream about the place. The headers must be set already. Does nothing when the
   * client has closed the connection.
   * @param lastEventId the header `Last-Event-ID`, or ""
   * @throws OverloadedError while the process has its maximum of streams
   */
  open(response: ServerResponse, ticket: QueueTicket, lastEventId: string): void;
  /** Returns the number of open streams. */
  count(): number;
  /** Ends all streams, and opens no more. */
  close(): Promise<void>;
}

/** How often the followers are updated: as often as the overview changes. */
const ROUND_MS = 1_000;
/** A buyer with two open pages has two streams. */
const USER_STREAMS_MAX = 2;
/** After a broken connection, clients connect again within this time and twice this time. */
const RETRY_MS = 2_000;

/** Creates the streams of one process. Nothing runs while there are no followers. */
export function placeEvents(core: CoreContext, streamsMax: number): PlaceEvents {
  const followers = new Set<Follower>();
  const stopping = new AbortController();
  let rounds: Promise<void> | undefined;

  function requireFree(): void {
    if (followers.size >= streamsMax || stopping.signal.aborted) throw new OverloadedError();
  }

  async function runRounds(): Promise<void> {
    while (followers.size > 0 && !stopping.signal.aborted) {
      await oneRound(core, followers, stopping.signal);
      await core.clock.sleep(ROUND_MS, stopping.signal);
    }
    rounds = undefined;
  }

  return {
    requireFree,
    open(response, ticket, lastEventId) {
      requireFree();
      // Such a response emits no further "close", so its follower would stay forever.
      if (response.destroyed) return;
      const retryMs = Math.round(RETRY_MS * (1 + core.random.next()));
      const stream = eventStream(response, core.clock, retryMs);
      const first = placeEvent(ticket);
      if (ticket.status === "ACTIVE") {
        stream.send(first);
        stream.end(CHANGED);
        return;
      }
      if (first.id !== lastEventId) stream.send(first);
      // Node does not read further from a connection with an unread body, so that the process would
      // not notice when the client closes it.
      if (!response.req.complete) {
        stream.end();
        return;
      }
      endOldest(followers, ticket);
      const follower = newFollower(ticket, stream, core.clock.monotonicMs());
      followers.add(follower);
      response.once("close", () => followers.delete(follower));
      rounds ??= runRounds();
    },
    count: () => followers.size,
    async close() {
      stopping.abort();
      for (const { stream } of followers) stream.end();
      await rounds;
    },
  };
}

function newFollower(ticket: QueueTicket, stream: Follower["stream"], nowMs: number): Follower {
  const follower: Follower = {
    queueId: ticket.queueId,
    userId: ticket.userId,
    stream,
    token: ticket.token,
    place: { position: 0, generation: 0, admittedCount: 0 },
    readMs: nowMs,
    epoch: undefined,
    shownPosition: ticket.position,
    shownMs: nowMs,
    shownPaused: ticket.etaSeconds === undefined,
  };
  takePlace(follower, ticket, nowMs);
  return follower;
}

/** Ends the oldest stream of the user when the user has as many as are allowed. */
function endOldest(followers: ReadonlySet<Follower>, { queueId, userId }: QueueTicket): void {
  const own = [...followers].filter(
    (one) => one.userId === userId && one.queueId === queueId && !one.stream.isEnded(),
  );
  if (own.length >= USER_STREAMS_MAX) own[0]?.stream.end();
}

async function oneRound(
  core: CoreContext,
  followers: ReadonlySet<Follower>,
  stopping: AbortSignal,
): Promise<void> {
  const open = [...followers].filter(({ stream }) => !stream.isEnded());
  const queues = Map.groupBy(open, ({ queueId }) => queueId);
  for (const [queueId, inLine] of queues) {
    if (stopping.aborted) return;
    try {
      await updateLine(core, queueId, inLine, stopping);
    } catch (error) {
      if (error instanceof CoreError) {
        core.log.debug({ event: "queue.streams_waiting", queueId, err: error }, NO_ANSWER);
      } else {
        core.log.error({ event: "queue.streams_failed", queueId, err: error }, FAILED);
      }
    }
  }
  for (const { stream } of followers) stream.keepAlive();
}

const NO_ANSWER = "The streams about a queue get no events because a server does not answer";
const FAILED = "A round of the streams about a queue failed because of a bug; report it";
