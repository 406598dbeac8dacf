import type { SeatTableRow } from "./database/rows.ts";

/** A seat that can be held now: AVAILABLE, or HELD past the hold's expiry. */
export function isForSale(seat: SeatTableRow, nowUs: number): boolean {
  if (seat.status === "AVAILABLE") return true;
  return seat.status === "HELD" && seat.holdExpiresAtUs !== null && seat.holdExpiresAtUs < nowUs;
}
