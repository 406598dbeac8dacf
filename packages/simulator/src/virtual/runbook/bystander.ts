import { chargePoints, createPerformance, holdSeats, payReservation } from "@onsale/core";
import type { MemoryServers } from "@onsale/core/memory";
import type { IncidentStage } from "./incident.ts";

/**
 * A buyer of another performance who bought one seat before the incident. No client changes the
 * rows of this sale, so planted damage stays as it is until it is repaired.
 */
export interface Bystander {
  readonly userId: number;
  readonly seatId: number;
  readonly reservationId: number;
}

/** No client has this id. */
const USER_ID = 900_001;
const PRICE = 1_000;
const CHARGED = 5_000;
const DAYS_AHEAD_MS = 30 * 24 * 60 * 60 * 1000;

export async function sellToBystander({ observer, sale }: IncidentStage): Promise<Bystander> {
  const { performanceId } = await createPerformance(observer, {
    concertId: sale.concertId,
    startsAt: new Date(observer.clock.nowMs() + DAYS_AHEAD_MS),
    venue: "Hall of the bystander",
    seats: [{ seatNo: "B-1", section: "B", price: PRICE }],
  });
  const [seat] = await observer.seats.ofPerformance(null, performanceId);
  if (!seat) throw new Error("the seat of the bystander was not created");
  const bought = { userId: USER_ID, seatIds: [seat.id], queueId: sale.queueId };
  await chargePoints(observer, { userId: USER_ID, amount: CHARGED });
  const { value } = await holdSeats(observer, bought);
  const { reservationId } = value;
  await payReservation(observer, { userId: USER_ID, reservationId });
  return { userId: USER_ID, seatId: seat.id, reservationId };
}

type Database = MemoryServers["database"];

/** A stored row, as another program than the product writes it. */
interface EditableRow<Row> {
  readonly committed: Row | undefined;
  lock(by: ReturnType<Database["begin"]>, mode: "exclusive"): Promise<void> | undefined;
  put(by: ReturnType<Database["begin"]>, row: Row | undefined): void;
}

/**
 * Changes a row without the product and without the constraints of the database.
 * @returns the repair, which writes the former row
 */
export async function damage<Row>(
  database: Database,
  stored: EditableRow<Row> | undefined,
  change: (row: Row) => Row,
): Promise<() => Promise<void>> {
  const former = stored?.committed;
  if (!stored || !former) throw new Error("there is no row to damage");
  await write(database, stored, change(former));
  return () => write(database, stored, former);
}

async function write<Row>(database: Database, stored: EditableRow<Row>, row: Row): Promise<void> {
  const by = database.begin();
  await stored.lock(by, "exclusive");
  stored.put(by, row);
  by.commit();
}
