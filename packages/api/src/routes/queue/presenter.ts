import type { QueueTicket } from "@onsale/core";
import type { z } from "zod";
import type { Reply } from "../../http/endpoint.ts";
import type { ticket } from "./schema.ts";

type TicketAnswer = z.input<typeof ticket>;

/** Presents a queue ticket. */
export function presentTicket(given: QueueTicket): TicketAnswer {
  const etaSeconds =
    given.etaSeconds === undefined ? null : Math.max(0, Math.ceil(given.etaSeconds));
  const { expiresAtMs } = given;
  return {
    token: given.token,
    status: given.status,
    position: given.position,
    queueOrder: given.position,
    ahead: given.ahead,
    remainingTime: etaSeconds,
    etaSeconds,
    expiresAt: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    pollAfterMs: Math.round(given.pollAfterMs),
  };
}

/**
 * Presents a status answer with its ETag. Two answers about the same place have the same ETag,
 * although each of them has a newly signed token and a new estimate. It changes when the queue is
 * paused or continues, because an estimate begins or ends to exist.
 */
export function presentStatus(given: QueueTicket): Reply<TicketAnswer> {
  const until = given.expiresAtMs ?? 0;
  const estimate = given.etaSeconds === undefined ? "-paused" : "";
  return {
    data: presentTicket(given),
    etag: `${given.queueId}-${given.userId}-${given.status}-${given.position}-${until}${estimate}`,
    cacheControl: "private, no-cache",
  };
}
