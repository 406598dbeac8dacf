import type { CoreContext, NewSeat } from "@onsale/core";

const TITLE = "Onsale Demo Night";
const DAY_MS = 24 * 60 * 60 * 1000;
/**
 * How far ahead the first performance is, days, so that the demo data stays usable for some time.
 */
const FIRST_IN_DAYS = 30;
const PERFORMANCES = 3;
/** The hour at which the performances start, UTC; they start at half past. */
const HOUR = 19;
const MINUTE = 30;

/** The sections of the hall, from the stage backwards. */
const SECTIONS = [
  { section: "VIP", rows: ["A", "B"], seatsPerRow: 20, price: 150_000 },
  { section: "R", rows: ["C", "D", "E", "F"], seatsPerRow: 25, price: 110_000 },
  { section: "S", rows: ["G", "H", "J", "K", "L"], seatsPerRow: 30, price: 70_000 },
] as const;

/** The price of the most expensive seat of the demo hall, points. */
export const DEMO_PRICE_MAX = 150_000;

export interface DemoData {
  readonly concertId: number;
  readonly created: boolean;
}

/**
 * Returns the demo concert: the existing one if its performances are in the future, otherwise a new
 * one.
 */
export async function ensureDemoData(core: CoreContext): Promise<DemoData> {
  const { createConcert, createPerformance, listConcerts } = await import("@onsale/core");
  const now = new Date(core.clock.nowMs());
  const [existing] = await listConcerts(core, { title: TITLE, from: now, limit: 1 });
  if (existing !== undefined && existing.availableSeats > 0) {
    return { concertId: existing.id, created: false };
  }
  const concert = await createConcert(core, { title: TITLE, singer: "The Rushers" });
  for (let index = 0; index < PERFORMANCES; index += 1) {
    await createPerformance(core, {
      concertId: concert.id,
      startsAt: startOf(now, FIRST_IN_DAYS + index),
      venue: "Onsale Hall",
      seats: demoSeats(),
    });
  }
  return { concertId: concert.id, created: true };
}

function startOf(now: Date, inDays: number): Date {
  const day = new Date(now.getTime() + inDays * DAY_MS);
  day.setUTCHours(HOUR, MINUTE, 0, 0);
  return day;
}

/** Makes the seats of one performance, the best ones first. */
export function demoSeats(): NewSeat[] {
  return SECTIONS.flatMap(({ section, rows, seatsPerRow, price }) =>
    rows.flatMap((row) =>
      Array.from({ length: seatsPerRow }, (_, index) => ({
        seatNo: `${row}-${index + 1}`,
        section,
        price,
      })),
    ),
  );
}
