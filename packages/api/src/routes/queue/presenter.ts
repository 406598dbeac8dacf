import type { QueueOverview, QueueTicket } from "@onsale/core";
import type { z } from "zod";
import type { Reply } from "../../http/endpoint.ts";
import type { overview, ticket } from "./schema.ts";

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
    generation: given.line?.generation ?? null,
    admittedCount: given.line?.admittedCount ?? null,
    expiresAt: expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
    pollAfterMs: Math.round(given.pollAfterMs),
  };
}

/**
 * Presents a status answer with its ETag. Two answers about the same place have the same ETag,
 * although each of them has a newly signed token and a new estimate. It changes when the queue is
 * paused or continues, because an estimate begins or ends to exist, and when the line has doubled,
 * because the client must then pause for longer between two polls.
 */
export function presentStatus(given: QueueTicket): Reply<TicketAnswer> {
  const { queueId, userId, status, position, expiresAtMs = 0, line } = given;
  const doublings = Math.floor(Math.log2(Math.max(1, line?.waitingCount ?? 1)));
  const lineTag = line ? `-${line.generation}-${line.admittedCount}-${doublings}` : "";
  const estimate = given.etaSeconds === undefined ? "-paused" : "";
  return {
    data: presentTicket(given),
    etag: `${queueId}-${userId}-${status}-${position}-${expiresAtMs}${lineTag}${estimate}`,
    cacheControl: "private, no-cache",
  };
}

/** Presents the overview of a queue, which a proxy may keep for a second. */
export function presentOverview(given: QueueOverview): Reply<z.input<typeof overview>> {
  const { queueId, mode, generation, admittedCount, waitingCount, waits } = given;
  const admissionsPerSecond = Math.round(given.admissionsPerSecond * 100) / 100;
  const seconds = waits.map(({ etaSeconds }) => etaSeconds);
  const state = [generation, admittedCount, waitingCount, admissionsPerSecond, ...seconds];
  return {
    data: {
      ...{ queueId, mode, generation, admittedCount, waitingCount, admissionsPerSecond },
      waits: waits.map(({ position, etaSeconds }) => ({ position, etaSeconds })),
    },
    etag: `${queueId}-${mode}-${state.join("-")}`,
    cacheControl: "public, max-age=1",
  };
}
