import {
  type CoreContext,
  type ListedPlace,
  type PlacePage,
  type QueueSettings,
  secondsText,
} from "@onsale/core";
import { CliError } from "./cliError.ts";
import { table } from "./terminal/table.ts";
import { timeText } from "./terminal/timeText.ts";

/** A waiting room, with the figures that an operator needs. */
export interface QueueReport {
  readonly queueId: string;
  readonly epoch: number;
  readonly settings: QueueSettings;
  /** Undefined when Redis has no state of the queue: before the first buyer, or after a loss. */
  readonly live:
    | { waiting: number; active: number; admittedLastMinute: number; lastSequence: number }
    | undefined;
}

/**
 * Reads the queues from MySQL, with their state in Redis.
 * @throws CliError when no queue has this id
 */
export async function readQueues(core: CoreContext, queueId?: string): Promise<QueueReport[]> {
  const known = await core.admissions.listQueueIds(null);
  if (queueId !== undefined && !known.includes(queueId)) {
    throw new CliError("QUEUE_NOT_FOUND", `There is no queue "${queueId}"`, {
      next: `Known queues: ${known.join(", ") || "none yet"}.`,
    });
  }
  const wanted = queueId === undefined ? known : [queueId];
  return Promise.all(wanted.map((id) => readQueue(core, id)));
}

async function readQueue(core: CoreContext, queueId: string): Promise<QueueReport> {
  const record = await core.admissions.findQueue(null, queueId);
  if (record === undefined) throw new CliError("QUEUE_NOT_FOUND", `Queue "${queueId}" vanished`);
  const stats = await core.queue.stats(queueId);
  const { epoch, settings } = record;
  if ("status" in stats) return { queueId, epoch, settings, live: undefined };
  return {
    queueId,
    epoch,
    settings: stats.settings,
    live: {
      waiting: stats.waitingCount,
      active: stats.activeCount,
      admittedLastMinute: stats.recentAdmissions,
      lastSequence: stats.lastSequence,
    },
  };
}

/** Formats the queues as a table for a terminal. */
export function queueTable(queues: readonly QueueReport[]): string {
  return table(
    ["QUEUE", "MODE", "WAITING", "ACTIVE", "ADMITTED/MIN", "ACTIVE FOR", "EPOCH"],
    queues.map(({ queueId, epoch, settings, live }) => [
      queueId,
      settings.mode,
      live === undefined ? "-" : String(live.waiting),
      `${live?.active ?? "-"} of ${settings.activeCountMax}`,
      `${live?.admittedLastMinute ?? "-"} of ${settings.admissionRatePerMinute}`,
      secondsText(settings.activeTtlMs),
      String(epoch),
    ]),
  );
}

/**
 * Reads one page of the places of a queue; an empty page when Redis has no state of the queue.
 * @throws CliError when no queue has this id
 */
export async function readPlaces(
  core: CoreContext,
  queueId: string,
  wanted: { readonly status: "WAITING" | "ACTIVE"; readonly offset: number; readonly max: number },
): Promise<PlacePage> {
  await readQueues(core, queueId);
  const page = await core.queue.list(queueId, wanted.status, wanted);
  return "status" in page ? { total: 0, places: [] } : page;
}

/** Formats places as a table for a terminal. @param offset places before the first one */
export function placeTable(places: readonly ListedPlace[], offset: number): string {
  return table(
    ["PLACE", "USER", "SEQUENCE", "STATE", "UNTIL"],
    places.map(({ userId, sequence, expiresAtMs, isActivated }, index) => [
      String(offset + index + 1),
      String(userId),
      String(sequence),
      expiresAtMs === undefined ? "waiting" : isActivated ? "active" : "not used yet",
      timeText(expiresAtMs === undefined ? undefined : new Date(expiresAtMs)),
    ]),
  );
}
