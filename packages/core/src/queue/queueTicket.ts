import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace, QueueSettings } from "../ports/queueStore.ts";
import { jittered, type Random } from "../shared/random.ts";

/** The answer of the API about a place. */
export interface QueueTicket {
  readonly token: string;
  readonly queueId: string;
  readonly userId: number;
  readonly status: "WAITING" | "ACTIVE";
  /** 1-based; 0 when active. */
  readonly position: number;
  readonly ahead: number;
  /** Estimate until the admission; 0 when active. */
  readonly etaSeconds: number;
  /** When the admission ends, ms since the Unix epoch; present when active. */
  readonly expiresAtMs: number | undefined;
  /** How long the client waits before it asks again. */
  readonly pollAfterMs: number;
}

/**
 * A client asks about this often until its admission: rarely at first, more often near the head.
 */
const POLLS_UNTIL_ADMISSION = 10;
/** Spreads the polls of clients that joined at the same time. */
const POLL_SPREAD = 0.2;
const WINDOW_SECONDS = 60;

type TicketPorts = Pick<CoreContext, "config" | "clock" | "random" | "tokens">;

/** Signs a fresh token for the place, and estimates the admission and the next poll. */
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
 * Seconds until a position is admitted. For a position within the free slots, the admission rate
 * decides. For one behind them, the rate at which slots become free decides: the admissions of the
 * last minute, or, when there were none, the rate that results if every buyer uses the whole
 * admission.
 * @returns whole seconds, at least 1
 */
export function etaSecondsOf(
  place: { position: number; recentAdmissions: number; activeCount: number },
  settings: QueueSettings,
): number {
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
 * When a waiting client asks again: after a tenth of its estimate, within the bounds. The result is
 * spread downwards, so that clients of one position do not ask at the same moment.
 * @returns milliseconds between `pollAfterMinMs` and `pollAfterMaxMs`
 */
export function pollAfterMs(
  random: Random,
  etaSeconds: number,
  bounds: { pollAfterMinMs: number; pollAfterMaxMs: number },
): number {
  const wantedMs = Math.min((etaSeconds * 1000) / POLLS_UNTIL_ADMISSION, bounds.pollAfterMaxMs);
  const spreadMs = jittered(random, wantedMs / (1 + POLL_SPREAD), POLL_SPREAD);
  return Math.round(Math.max(bounds.pollAfterMinMs, spreadMs));
}
