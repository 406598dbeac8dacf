import { paint } from "./paint.ts";
import { textWidth } from "./textWidth.ts";
import { visible } from "./visible.ts";

export type SeatStatus = "AVAILABLE" | "HELD" | "SOLD" | "BLOCKED";

export interface MappedSeat {
  /** The row and the number, with a letter after some numbers: "A-12", "A-12A". */
  readonly seatNo: string;
  readonly status: SeatStatus;
}

interface Place {
  readonly number: number;
  /** "A" of the seat 12A, which is beside the seat 12; empty for most seats. */
  readonly letters: string;
  readonly status: SeatStatus;
}

/** Number of seats on one line of a terminal, beside the name of the row. */
const PLACES_PER_LINE_MAX = 70;
/** A gap in the numbers that is longer than this is drawn shorter, with its length. */
const GAP_DRAWN_MAX = 20;

const SIGNS = { AVAILABLE: ".", HELD: "h", SOLD: "#", BLOCKED: "x" } as const;
const COLOURS = { AVAILABLE: "green", HELD: "yellow", SOLD: "red", BLOCKED: "dim" } as const;

/**
 * Draws the hall with a line for each row. A missing seat number is drawn as a blank, so that seats
 * on both sides of an aisle are not drawn as neighbours. A row that is longer than a line is
 * wrapped.
 */
export function drawSeatMap(seats: readonly MappedSeat[]): string {
  const rows = new Map<string, Place[]>();
  for (const { seatNo, status } of seats) {
    const { row, number, letters } = placeOf(seatNo);
    const places = rows.get(row) ?? [];
    places.push({ number, letters, status });
    rows.set(row, places);
  }
  const widest = Math.max(0, ...[...rows.keys()].map((row) => textWidth(row)));
  const lines: string[] = [];
  for (const [row, places] of rows) {
    const signs = signsOf(places.sort(inOrder));
    for (let at = 0; at < signs.length; at += PLACES_PER_LINE_MAX) {
      const name = at === 0 ? row : "";
      const padding = " ".repeat(widest - textWidth(name));
      lines.push(`${padding}${name} ${signs.slice(at, at + PLACES_PER_LINE_MAX).join("")}`);
    }
  }
  return lines.join("\n");
}

/** Counts the seats in each state. */
export function seatCounts(seats: readonly MappedSeat[]): Record<SeatStatus, number> {
  const counts = { AVAILABLE: 0, HELD: 0, SOLD: 0, BLOCKED: 0 };
  for (const seat of seats) counts[seat.status] += 1;
  return counts;
}

/** One sign for each place of a row, from its first seat to its last. */
function signsOf(places: readonly Place[]): string[] {
  const signs: string[] = [];
  let previous: number | undefined;
  for (const { number, status } of places) {
    const missing = previous === undefined ? 0 : Math.max(0, number - previous - 1);
    signs.push(...gap(missing), paint(COLOURS[status], SIGNS[status]));
    previous = number;
  }
  return signs;
}

function gap(missing: number): string[] {
  if (missing <= GAP_DRAWN_MAX) return Array.from({ length: missing }, () => " ");
  return [...` (${missing}) `];
}

function placeOf(seatNo: string): Omit<Place, "status"> & { row: string } {
  const match = /^(.*)-(\d+)(\p{L}*)$/u.exec(seatNo) ?? /^(.*?)(\d+)$/.exec(seatNo);
  const [, row = seatNo, number = "0", letters = ""] = match ?? [];
  return { row: visible(row), number: Number(number), letters };
}

const inOrder = (a: Place, b: Place): number =>
  a.number - b.number || (a.letters < b.letters ? -1 : 1);
