import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace, QueueSettings } from "../ports/queueStore.ts";
import { jittered, type Random } from "../shared/random.ts";

/** The API's answer about a place in a queue. */
export interface QueueTicket {
  readonly token: string;
  readonly queueId: string;
  readonly userId: number;
  readonly status: "WAITING" | "ACTIVE";
  /** The position in line, from 1; 0 when active. */
  readonly position: number;
  readonly ahead: number;
  /** Estimated time until the admission; 0 when active, undefined while the queue is paused. */
  readonly etaSeconds: number | undefined;
  /** When the admission ends, ms since the Unix epoch; present when active. */
  readonly expiresAtMs: number | undefined;
  /** How long the client waits before it asks again. */
  readonly pollAfterMs: number;
}

/**
 * About how many times a client polls until its admission: rarely at first, more often near the
 * head of the line.
 */
const POLLS_UNTIL_ADMISSION = 10;
/** Spreads the polls of clients that joined at the same time. */
const POLL_SPREAD = 0.2;
const WINDOW_SECONDS = 60;

type TicketPorts = Pick<CoreContext, "config" | "clock" | "random" | "tokens">;

/**
 * Signs a fresh token for the place, and estimates the time of the admission and of the next poll.
 */
export function queueTicket(core: TicketPorts, queue: QueueRecord, place: QueuePlace): QueueTicket {
  const { queueId, epoch } = queue;
  const { userId, sequence } = place;
  const claims = { queueId, userId, sequence, epoch, issuedAtMs: core.clock.nowMs() };
  if (place.status === "ACTIVE") {
    const { expiresAtMs } = place;
    return {
      token: core.tokens.sign({ ...claims, activeUntilMs: expiresAtMs }),
      queueId,
      userId,
      status: "ACTIVE",
      position: 0,
      ahead: 0,
      etaSeconds: 0,
      expiresAtMs,
      pollAfterMs: core.config.queue.pollAfterMaxMs,
    };
  }
  const etaSeconds = etaSecondsOf(place, queue.settings);
  return {
    token: core.tokens.sign(claims),
    queueId,
    userId,
    status: "WAITING",
    position: place.position,
    ahead: place.position - 1,
    etaSeconds,
    expiresAtMs: undefined,
    pollAfterMs: pollAfterMs(core.random, etaSeconds, core.config.queue),
  };
}

/**
 * Estimates the seconds until a position is admitted. For a position within the free slots, the
 * admission rate decides. For a later position, the rate at which slots become free decides: the
 * admissions of the last minute. When there were none, the estimate assumes that every buyer keeps
 * the slot until the admission expires. A draining queue still admits its waiting buyers.
 * @returns whole seconds, at least 1; undefined while the queue is paused, because it admits no
 *   buyer until an operator opens it
 */
export function etaSecondsOf(
  place: { position: number; recentAdmissions: number; activeCount: number },
  settings: QueueSettings,
): number | undefined {
  if (settings.mode === "paused") return undefined;
  const policyPerSecond = settings.admissionRatePerMinute / WINDOW_SECONDS;
  const freeSlots = Math.max(0, settings.activeCountMax - place.activeCount);
  const measuredPerSecond =
    place.recentAdmissions > 0
      ? place.recentAdmissions / WINDOW_SECONDS
      : (settings.activeCountMax * 1000) / settings.activeTtlMs;
  const perSecond =
    place.position <= freeSlots ? policyPerSecond : Math.min(policyPerSecond, measuredPerSecond);
  return Math.max(1, Math.ceil(place.position / perSecond));
}

/**
 * Returns when a waiting client should poll again: after a tenth of its estimated waiting time,
 * within the configured bounds. The result is shortened at random, so that clients with similar
 * positions do not poll at the same moment.
 * @param etaSeconds undefined while no time is known: the client then polls at the longest interval
 * @returns milliseconds between `pollAfterMinMs` and `pollAfterMaxMs`
 */
export function pollAfterMs(
  random: Random,
  etaSeconds: number | undefined,
  bounds: { pollAfterMinMs: number; pollAfterMaxMs: number },
): number {
  const { pollAfterMaxMs } = bounds;
  const tenthMs =
    etaSeconds === undefined ? pollAfterMaxMs : (etaSeconds * 1000) / POLLS_UNTIL_ADMISSION;
  const wantedMs = Math.min(tenthMs, pollAfterMaxMs);
  const spreadMs = jittered(random, wantedMs / (1 + POLL_SPREAD), POLL_SPREAD);
  return Math.round(Math.max(bounds.pollAfterMinMs, spreadMs));
}
