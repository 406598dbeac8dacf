import { etaSecondsAt, type QueueOverview, type QueueTicket } from "@onsale/core";
import { presentTicket } from "../routes/queue/presenter.ts";
import type { EventStream, StreamEvent } from "./eventStream.ts";

/** A position, and the state of the line in which it was read. */
interface ReadPlace {
  readonly position: number;
  readonly generation: number;
  readonly admittedCount: number;
}

/** A waiting buyer who follows the own place over one connection. */
export interface Follower {
  readonly queueId: string;
  readonly userId: number;
  readonly stream: EventStream;
  /** The latest queue token. It restores the place after a loss of Redis. */
  token: string;
  place: ReadPlace;
  /** When the place was read, monotonic ms. */
  readMs: number;
  /** The epoch of the queue at the first round of this follower. */
  epoch: number | undefined;
  shownPosition: number;
  shownMs: number;
  /** Whether the client knows that the queue is paused. */
  shownPaused: boolean;
}

/** Positions up to this one are shown with each change; later ones less often. */
const SHOWN_OFTEN_MAX = 100;
const SHOWN_EVERY_MS = 5_000;

/** The event of a whole place, as the status answer has it. */
export function placeEvent(ticket: QueueTicket): StreamEvent {
  const id = idOf(ticket.position, ticket.line, ticket.etaSeconds === undefined);
  return { name: "place", id, data: presentTicket(ticket) };
}

/** The last event: the place does not wait any more, and its buyer must read it. */
export const CHANGED: StreamEvent = { name: "changed", id: "changed", data: {} };

/** Takes over a place that was read. */
export function takePlace(follower: Follower, ticket: QueueTicket, nowMs: number): void {
  const { position, line = { generation: 0, admittedCount: 0 } } = ticket;
  follower.token = ticket.token;
  follower.place = { position, ...line };
  follower.readMs = nowMs;
}

/** Calculates the position now: each admission since the last read has moved the line by one. */
export function positionIn({ admittedCount }: QueueOverview, { place }: Follower): number {
  return place.position - Math.max(0, admittedCount - place.admittedCount);
}

/**
 * Sends the position if it changed, or if the queue is paused or continues: then the estimate ends
 * or begins to exist. Sends far positions less often.
 */
export function showPosition(follower: Follower, overview: QueueOverview, nowMs: number): void {
  const position = Math.max(1, positionIn(overview, follower));
  const etaSeconds = etaSecondsAt(overview, position) ?? null;
  const isPaused = etaSeconds === null;
  if (isPaused === follower.shownPaused) {
    if (position === follower.shownPosition) return;
    const isDue = position <= SHOWN_OFTEN_MAX || nowMs - follower.shownMs >= SHOWN_EVERY_MS;
    if (!isDue) return;
  }
  const { generation } = overview;
  const admittedCount = Math.max(overview.admittedCount, follower.place.admittedCount);
  const isSent = follower.stream.send({
    name: "position",
    id: idOf(position, { generation, admittedCount }, isPaused),
    data: { position, ahead: position - 1, etaSeconds, generation, admittedCount },
  });
  if (!isSent) return;
  follower.shownPosition = position;
  follower.shownMs = nowMs;
  follower.shownPaused = isPaused;
}

function idOf(
  position: number,
  line: Omit<ReadPlace, "position"> | undefined,
  isPaused: boolean,
): string {
  const paused = isPaused ? "-paused" : "";
  return line ? `${line.generation}-${line.admittedCount}-${position}${paused}` : "active";
}
