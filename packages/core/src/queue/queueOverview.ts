import type { CoreContext } from "../ports/coreContext.ts";
import type { QueueMode, QueueSettings, QueueStats } from "../ports/queueStore.ts";
import { etaSecondsOf, measuredPerSecond } from "./estimateWait.ts";
import { requireQueue } from "./knownQueues.ts";
import { askWithRebuild } from "./rebuildQueue.ts";

/*
 * The status that all buyers of a queue share
 *
 * Problem: a buyer wants to see the line move every second, but a poll of the own place costs a
 * verified token and a call to Redis for each buyer.
 *
 * The overview is the same for all buyers and needs no token, so that a proxy or a CDN can answer
 * for the API. A process reads it from Redis once a second at most, for any number of requests.
 *
 * A buyer calculates the own position: the answer about the own place has the position and the
 * number of admissions at that moment (`admittedCount`), and each later admission moves the line by
 * one. Buyers ahead who leave move it too, and are not counted, so the true position is lower then.
 * The next poll of the own place corrects it. In the seconds after a loss of Redis, buyers ahead
 * return to their places, and the true position rises until they are back. It also rises when a
 * buyer ahead returns after a missed admission.
 *
 * After a loss of Redis, the count starts again from 0 in a new generation. A buyer whose answer
 * has another generation than the overview polls the own place, with the token, and so returns to
 * it.
 *
 * Not promised: an exact time. The overview can be a second old, and the copy of a proxy another
 * second.
 */

export interface WaitAtPosition {
  readonly position: number;
  readonly etaSeconds: number;
}

/** The state of a queue that all its buyers may see. */
export interface QueueOverview {
  readonly queueId: string;
  /** Tokens of another epoch are invalid. */
  readonly epoch: number;
  readonly mode: QueueMode;
  /** Start of the current generation, µs since the epoch. */
  readonly generation: number;
  /** Admissions of this generation. */
  readonly admittedCount: number;
  readonly waitingCount: number;
  /** The measured rate of admissions; 0 without an admission in the last minute. */
  readonly admissionsPerSecond: number;
  /**
   * The estimated wait at position 1, at each power of ten in line, and at the tail, where a buyer
   * who joins now would be. Empty while the queue is paused.
   */
  readonly waits: readonly WaitAtPosition[];
}

/**
 * Returns the state of a queue that all its buyers may see. It can be a second old.
 * @throws QueueNotFoundError
 * @throws DependencyUnavailableError while Redis does not answer
 */
export async function queueOverview(core: CoreContext, queueId: string): Promise<QueueOverview> {
  const { epoch, settings } = await requireQueue(core, queueId);
  const stats = await core.queueState.latest.load(queueId, () =>
    askWithRebuild(core, queueId, () => core.queue.stats(queueId)),
  );
  const { generationStartedUs: generation, admittedCount, waitingCount } = stats;
  return {
    queueId,
    epoch,
    mode: settings.mode,
    generation,
    admittedCount,
    waitingCount,
    admissionsPerSecond: measuredPerSecond(stats) ?? 0,
    waits: waitsOf(stats, settings),
  };
}

/** Estimates the wait at a position, between the two nearest waits of an overview. */
export function etaSecondsAt(
  { waits }: Pick<QueueOverview, "waits">,
  position: number,
): number | undefined {
  const after = waits.find((wait) => wait.position >= position) ?? waits.at(-1);
  const before = waits.findLast((wait) => wait.position < position) ?? after;
  if (!after || !before || after.position === before.position) return after?.etaSeconds;
  const share = (position - before.position) / (after.position - before.position);
  return Math.ceil(before.etaSeconds + share * (after.etaSeconds - before.etaSeconds));
}

function waitsOf(stats: QueueStats, settings: QueueSettings): readonly WaitAtPosition[] {
  const tail = stats.waitingCount + 1;
  const positions: number[] = [];
  for (let position = 1; position < tail; position *= 10) positions.push(position);
  return [...positions, tail].flatMap((position) => {
    const etaSeconds = etaSecondsOf({ ...stats, position }, settings);
    return etaSeconds === undefined ? [] : { position, etaSeconds };
  });
}
