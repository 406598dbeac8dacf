import { hash } from "node:crypto";
import type { Hall } from "../ports/catalogState.ts";
import type { ListedSeat } from "../ports/catalogStore.ts";

/** The free seats of a hall at one moment. */
export interface SeatSnapshot {
  /** Identifies the content: the same free seats of the same hall have the same version. */
  readonly version: string;
  /**
   * One bit for each seat of the hall, in the order of the hall, 1 for a free seat. Each character
   * has the bits of eight seats as its code, the first seat in the lowest bit. A text of such
   * characters takes one byte each.
   */
  readonly bits: string;
}

/** The differences between two snapshots of a hall. */
export interface SeatChanges {
  readonly freed: readonly ListedSeat[];
  readonly takenSeatIds: readonly number[];
}

/** Length of a version: 96 bits, so that no two versions of a sale are equal by chance. */
const VERSION_LENGTH = 16;
const SEATS_PER_CHARACTER = 8;

/** Form of a version, in a request of a client. */
export const SEAT_VERSION = new RegExp(`^[A-Za-z0-9_-]{${VERSION_LENGTH}}$`);

/** @param seats all seats of a performance, ordered by seat id */
export function hallOf(seats: readonly ListedSeat[]): Hall {
  return { seats, fingerprint: digest(JSON.stringify(seats)) };
}

/** Makes the snapshot of a hall. @param freeSeatIds ordered by seat id */
export function seatSnapshot(hall: Hall, freeSeatIds: readonly number[]): SeatSnapshot {
  const codes = new Uint8Array(Math.ceil(hall.seats.length / SEATS_PER_CHARACTER));
  let next = 0;
  for (const [index, { id }] of hall.seats.entries()) {
    if (freeSeatIds[next] !== id) continue;
    next += 1;
    const at = Math.floor(index / SEATS_PER_CHARACTER);
    codes[at] = (codes[at] ?? 0) | (1 << (index % SEATS_PER_CHARACTER));
  }
  const bits = Buffer.from(codes).toString("latin1");
  return { version: digest(`${hall.fingerprint} ${bits}`), bits };
}

/** Chooses the seats that a list has. */
export type SeatFilter = (seat: ListedSeat) => boolean;

const ALL: SeatFilter = () => true;

/** Lists the chosen free seats of a snapshot, by seat id. */
export function freeSeats(
  hall: Hall,
  { bits }: SeatSnapshot,
  isListed = ALL,
): readonly ListedSeat[] {
  return hall.seats.filter((seat, index) => isFree(bits, index) && isListed(seat));
}

/** Compares two snapshots of a hall, in the chosen seats. */
export function changesBetween(
  hall: Hall,
  from: SeatSnapshot,
  to: SeatSnapshot,
  isListed = ALL,
): SeatChanges {
  const freed: ListedSeat[] = [];
  const takenSeatIds: number[] = [];
  for (let at = 0; at < to.bits.length; at += 1) {
    if (from.bits.charCodeAt(at) === to.bits.charCodeAt(at)) continue;
    const first = at * SEATS_PER_CHARACTER;
    for (const [offset, seat] of hall.seats.slice(first, first + SEATS_PER_CHARACTER).entries()) {
      if (!isListed(seat)) continue;
      const wasFree = isFree(from.bits, first + offset);
      const isNowFree = isFree(to.bits, first + offset);
      if (isNowFree && !wasFree) freed.push(seat);
      if (wasFree && !isNowFree) takenSeatIds.push(seat.id);
    }
  }
  return { freed, takenSeatIds };
}

function isFree(bits: string, index: number): boolean {
  const code = bits.charCodeAt(Math.floor(index / SEATS_PER_CHARACTER));
  return (code & (1 << (index % SEATS_PER_CHARACTER))) !== 0;
}

function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, VERSION_LENGTH);
}
