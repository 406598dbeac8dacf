import { type CoreContext, configureQueue, createConcert, createPerformance } from "@onsale/core";
import type { Sale } from "../actors/clientEnvironment.ts";
import { zipf } from "../chance/zipf.ts";
import { type HallSeat, layOutHall } from "./layOutHall.ts";
import type { RoomSettings } from "./rushOptions.ts";

/** The prepared sale of one run: its concert, hall and waiting room. */
export interface PreparedSale extends Sale {
  readonly performanceId: number;
  readonly title: string;
  readonly hall: readonly (HallSeat & { readonly id: number })[];
}

export interface SaleOptions {
  readonly runId: string;
  readonly seats: number;
  readonly zipfExponent: number;
  readonly room: RoomSettings;
  /** The seats, the best one first; by default all seats are sold by the same rules. */
  readonly hall?: readonly HallSeat[] | undefined;
  readonly seatsPerBuyerMax?: number | undefined;
  readonly saleOpensAt?: Date | undefined;
}

/** How far ahead the performance is, days, so that it cannot begin during the rush. */
const DAYS_AHEAD = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Creates a concert with one performance and a waiting room that no other run uses. */
export async function setUpSale(core: CoreContext, options: SaleOptions): Promise<PreparedSale> {
  const { room, runId } = options;
  const queueId = `rush-${runId}`;
  // A simulated buyer always activates the admission or leaves, but perhaps late. So the time for
  // the activation is as long as the admission.
  const settings = { activationMs: room.activeTtlMs, ...room, mode: "open" } as const;
  const concert = { title: `Rush ${runId}`, singer: "The Simulators", queueId };
  const { id: concertId } = await createConcert(core, concert);
  await configureQueue(core, { queueId, settings });
  const { hall = layOutHall(options.seats), seatsPerBuyerMax, saleOpensAt } = options;
  const { performanceId } = await createPerformance(core, {
    concertId,
    startsAt: new Date(core.clock.nowMs() + DAYS_AHEAD * DAY_MS),
    venue: "Hall of the seed",
    seats: hall,
    ...{ seatsPerBuyerMax, saleOpensAt },
  });
  const rows = await core.seats.ofPerformance(null, performanceId);
  const ids = new Map(rows.map((row) => [row.seatNo, row.id]));
  const ranks = new Map<number, number>();
  const placed = hall.map((seat, rank) => {
    const id = ids.get(seat.seatNo);
    if (id === undefined) throw new Error(`Seat ${seat.seatNo} was not created`);
    ranks.set(id, rank);
    return { ...seat, id };
  });
  return {
    queueId,
    concertId,
    performanceId,
    title: concert.title,
    hall: placed,
    popularity: zipf(options.seats, options.zipfExponent),
    activeTtlMs: room.activeTtlMs,
    rankOf: (seatId) => ranks.get(seatId) ?? options.seats,
  };
}
