import { z } from "zod";
import type { Hall } from "../ports/catalogState.ts";
import type { ListedSeat } from "../ports/catalogStore.ts";
import type { CoreContext } from "../ports/coreContext.ts";
import { WrongQueueError } from "../queue/errors.ts";
import { PerformanceNotFoundError } from "./errors.ts";
import { findPlace } from "./findPlace.ts";
import {
  changesBetween,
  freeSeats,
  hallOf,
  type SeatSnapshot,
  seatSnapshot,
} from "./seatSnapshot.ts";

/*
 * Seat lists
 *
 * Problem: every active buyer looks at the seats again and again, and the list of a hall with
 * 20,000 seats has about 1.5 MB. Sending all of it for each look costs more than the holds.
 *
 * The seats of a performance never change, so each process reads them once a minute. A snapshot
 * says which seats are free: one bit for each seat (2.5 kB for 20,000 seats), which the processes
 * share through the cache. The version of a snapshot follows from its content.
 *
 * Snapshots are kept for a minute under their version. A client that names the version of its list
 * gets only the changes since. Any process can answer, because the snapshots are in Redis.
 *
 * Age: a list is at most 250 ms older than the read that made it: a snapshot is shared for 200 ms,
 * and a process keeps it for another 50 ms. The read itself and the way to Redis and back come on
 * top; with 20,000 seats on a busy machine, lists were up to 320 ms old. After a stall of Redis, a
 * snapshot that had waited in its socket can be shared once more, older by the stall.
 *
 * Failures: when Redis does not answer or has lost a snapshot, the client gets the whole list. A
 * client therefore has to look whether its answer is whole.
 */

const SNAPSHOT_MS = 200;
/** How long changes since a snapshot are known: several times the pause between two looks. */
const SNAPSHOT_KEPT_MS = 60_000;

const snapshotSchema: z.ZodType<SeatSnapshot> = z.object({ version: z.string(), bits: z.string() });

export interface AvailableSeatsInput {
  readonly performanceId: number;
  readonly queueId: string;
  /** The version of the client's list, if the client wants only the changes. */
  readonly since?: string | undefined;
  /**
   * True for a list that also has the seats for guests who need an accessible one. A client that
   * wants changes asks in the same way as for its list.
   */
  readonly accessible?: boolean | undefined;
}

/** The seats that can be held, or the changes since an earlier list. */
export interface SeatList {
  readonly version: string;
  /** The version of the list that this one continues; undefined when this list is whole. */
  readonly since: string | undefined;
  /** Lists the free seats, or those that became free since then, by seat id. */
  seats(): readonly ListedSeat[];
  /** The seats that were free then and are not free now, by seat id. */
  readonly takenSeatIds: readonly number[];
}

/**
 * Lists the free seats. The list is empty after the start of the performance and after the end of
 * its sale, so that a client with an earlier list removes all seats.
 * @throws PerformanceNotFoundError, WrongQueueError
 */
export async function availableSeats(
  core: CoreContext,
  { performanceId, queueId, since, accessible = false }: AvailableSeatsInput,
): Promise<SeatList> {
  const performance = await findPlace(core, performanceId);
  if (performance.queueId !== queueId) throw new WrongQueueError(performance.queueId);
  const hall = await findHall(core, performanceId);
  const snapshot = await latestSnapshot(core, performanceId, hall);
  const { version } = snapshot;
  const isListed = (seat: ListedSeat): boolean => accessible || !seat.accessible;
  const earlier =
    since === version ? snapshot : since && (await findSnapshot(core, performanceId, hall, since));
  if (!earlier) {
    const seats = () => freeSeats(hall, snapshot, isListed);
    return { version, since: undefined, seats, takenSeatIds: [] };
  }
  const { freed, takenSeatIds } = changesBetween(hall, earlier, snapshot, isListed);
  return { version, since, seats: () => freed, takenSeatIds };
}

async function findHall(core: CoreContext, performanceId: number): Promise<Hall> {
  const hall = await core.catalogState.hall(performanceId, async () =>
    hallOf(await core.catalog.seatsOf(null, performanceId)),
  );
  if (!hall) throw new PerformanceNotFoundError(performanceId);
  return hall;
}

function latestSnapshot(
  core: CoreContext,
  performanceId: number,
  hall: Hall,
): Promise<SeatSnapshot> {
  return core.cache.through({
    // Only processes with the same hall share a snapshot, because its bits follow the hall.
    key: `free-seats:${performanceId}:${hall.fingerprint}`,
    ttlMs: SNAPSHOT_MS,
    async load() {
      const freeSeatIds = await core.catalog.freeSeatIds(null, performanceId);
      const snapshot = seatSnapshot(hall, freeSeatIds);
      core.cache.keep(keyOf(performanceId, hall, snapshot.version), SNAPSHOT_KEPT_MS, snapshot);
      return snapshot;
    },
    parse: (copy) => snapshotSchema.parse(copy),
  });
}

function findSnapshot(
  core: CoreContext,
  performanceId: number,
  hall: Hall,
  version: string,
): Promise<SeatSnapshot | undefined> {
  return core.cache.find({
    key: keyOf(performanceId, hall, version),
    ttlMs: SNAPSHOT_KEPT_MS,
    parse: (copy) => snapshotSchema.parse(copy),
  });
}

function keyOf(performanceId: number, { fingerprint }: Hall, version: string): string {
  return `seat-snapshot:${performanceId}:${fingerprint}:${version}`;
}
