import type { components } from "../generated/api.ts";

/** A place in a queue, as the API answers it. */
export type Place = components["schemas"]["QueueTicket"];

/** The state of a queue that all its buyers may read. */
export type QueueStatus = components["schemas"]["QueueOverview"];

/** A position, and the state of the line in which it was read. */
export interface LinePosition {
  readonly position: number;
  /** null when the place is active. */
  readonly generation: number | null;
  readonly admittedCount: number | null;
}

/**
 * Calculates the position of a place in a later state of its queue: each admission since then has
 * moved the line by one. Buyers ahead who left make the true position lower.
 * @returns a number below 1 when the buyer is admitted; undefined after Redis lost the queue, and
 *   for an active place
 */
export function positionIn(
  status: Pick<QueueStatus, "generation" | "admittedCount">,
  { position, generation, admittedCount }: LinePosition,
): number | undefined {
  if (admittedCount === null || status.generation !== generation) return undefined;
  // A cache may answer with a status that is older than the place.
  return position - Math.max(0, status.admittedCount - admittedCount);
}

/**
 * Estimates the wait at a position, in seconds, between the two nearest positions of the status.
 * @returns null while the queue is paused
 */
export function etaSecondsAt(
  { waits }: Pick<QueueStatus, "waits">,
  position: number,
): number | null {
  const above = waits.findIndex((wait) => wait.position >= position);
  const next = waits[above] ?? waits.at(-1);
  if (next === undefined) return null;
  const before = waits[above - 1];
  if (before === undefined) return next.etaSeconds;
  const share = (position - before.position) / (next.position - before.position);
  return Math.round(before.etaSeconds + share * (next.etaSeconds - before.etaSeconds));
}
