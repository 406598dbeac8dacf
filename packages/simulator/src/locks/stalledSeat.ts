import { type CoreContext, holdSeats } from "@onsale/core";
import { createConnection } from "mysql2/promise";
import type { ContentionGround } from "./contention.ts";

/** Life of a seat lock in this experiment, ms: the shortest that the configuration allows. */
export const STALL_TTL_MS = 150;
/** Long enough for several lives of a lock. */
export const STALL_MS = 700;
/** Pause between two buyers. Several come within the life of a lock. */
const ARRIVAL_MS = 35;

/**
 * Stalls every statement on the seats for longer than a seat lock lives, while buyers of one seat
 * keep coming: the locks of the first buyers end before their statements do. A table lock of
 * another connection is the stall, so that no other database of the server notices it.
 * @returns the number of buyers who got the seat
 */
export async function buyDuringStall(
  ground: ContentionGround,
  mysqlUrl: string,
  seatId: number,
): Promise<number> {
  const { cores, queueId } = ground;
  const [first] = cores;
  if (!first) throw new RangeError("The experiment needs a process");
  const { clock } = first;
  const other = await createConnection({ uri: mysqlUrl });
  try {
    await other.query("LOCK TABLES seats WRITE");
    const buy = (core: CoreContext): Promise<boolean> =>
      holdSeats(core, { userId: ground.newUserId(), seatIds: [seatId], queueId }).then(
        () => true,
        () => false,
      );
    const buyers: Promise<boolean>[] = [];
    const untilMs = clock.monotonicMs() + STALL_MS;
    while (clock.monotonicMs() < untilMs) {
      buyers.push(buy(cores[buyers.length % cores.length] ?? first));
      await clock.sleep(ARRIVAL_MS);
    }
    await other.query("UNLOCK TABLES");
    return (await Promise.all(buyers)).filter(Boolean).length;
  } finally {
    // Ends the table lock too.
    await other.end();
  }
}

/** Lets a seat have several live links, as in a schema without the backstop. */
export async function dropLiveIndex(mysqlUrl: string): Promise<void> {
  const connection = await createConnection({ uri: mysqlUrl });
  try {
    // The foreign key needs an index that begins with the seat.
    await connection.query(
      `ALTER TABLE reservation_seats ADD KEY reservation_seats_seat (seat_id, live),
         DROP INDEX reservation_seats_one_live`,
    );
  } finally {
    await connection.end();
  }
}
