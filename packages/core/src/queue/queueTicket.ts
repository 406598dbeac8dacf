import type { QueueRecord } from "../ports/admissionStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import type { QueuePlace } from "../ports/queueStore.ts";
import { etaSecondsOf } from "./estimateWait.ts";
import { pollAfterMs } from "./pollPause.ts";

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
  /**
   * The state of the line in which the buyer has this position; undefined when active. With it, a
   * client calculates its position from a later overview (`queueOverview.ts`).
   */
  readonly line:
    | {
        readonly generation: number;
        readonly admittedCount: number;
        /** Number of waiting buyers, on which the time of the next poll depends. */
        readonly waitingCount: number;
      }
    | undefined;
  /** When the admission ends, ms since the Unix epoch; present when active. */
  readonly expiresAtMs: number | undefined;
  /** How long the client waits before it asks again. */
  readonly pollAfterMs: number;
}

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
      line: undefined,
      expiresAtMs,
      pollAfterMs: core.config.queue.pollAfterMaxMs,
    };
  }
  const pauseMs = pollAfterMs(core.random, place, queue.settings, core.config.queue);
  return {
    token: core.tokens.sign({ ...claims, pollAfterMs: pauseMs }),
    queueId,
    userId,
    status: "WAITING",
    position: place.position,
    ahead: place.position - 1,
    etaSeconds: etaSecondsOf(place, queue.settings),
    line: {
      generation: place.generationStartedUs,
      admittedCount: place.admittedCount,
      waitingCount: place.waitingCount,
    },
    expiresAtMs: undefined,
    pollAfterMs: pauseMs,
  };
}
