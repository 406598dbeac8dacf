import { paint } from "./paint.ts";

export type SeatStatus = "AVAILABLE" | "HELD" | "SOLD";

export interface MappedSeat {
  /** The row and the number: "A-12". */
  readonly seatNo: string;
  readonly status: SeatStatus;
}

/** Maximum number of seats on one line of a terminal, beside the name of the row. */
const SEATS_PER_LINE_MAX = 70;

const SIGNS = { AVAILABLE: ".", HELD: "h", SOLD: "#" } as const;
const COLOURS = { AVAILABLE: "green", HELD: "yellow", SOLD: "red" } as const;

/** Draws the hall with a line for each row. A row that is longer than a line is wrapped. */
export function drawSeatMap(seats: readonly MappedSeat[]): string {
  const rows = new Map<string, { number: number; status: SeatStatus }[]>();
  for (const { seatNo, status } of seats) {
    const { row, number } = placeOf(seatNo);
    const places = rows.get(row) ?? [];
    places.push({ number, status });
    rows.set(row, places);
  }
  const widest = Math.max(0, ...[...rows.keys()].map((row) => row.length));
  const lines: string[] = [];
  for (const [row, places] of rows) {
    const signs = places
      .sort((a, b) => a.number - b.number)
      .map(({ status }) => paint(COLOURS[status], SIGNS[status]));
    for (let at = 0; at < signs.length; at += SEATS_PER_LINE_MAX) {
      const name = at === 0 ? row : "";
      lines.push(`${name.padStart(widest)} ${signs.slice(at, at + SEATS_PER_LINE_MAX).join("")}`);
    }
  }
  return lines.join("\n");
}

/** Counts the seats in each state. */
export function seatCounts(seats: readonly MappedSeat[]): Record<SeatStatus, number> {
  const counts = { AVAILABLE: 0, HELD: 0, SOLD: 0 };
  for (const seat of seats) counts[seat.status] += 1;
  return counts;
}

function placeOf(seatNo: string): { row: string; number: number } {
  const match = /^(.*?)-?(\d+)$/.exec(seatNo);
  return { row: match?.[1] ?? seatNo, number: Number(match?.[2] ?? 0) };
}
