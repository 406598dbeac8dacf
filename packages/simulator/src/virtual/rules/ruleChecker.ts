import type { MemoryServers } from "@onsale/core/memory";
import type { EndedPlace } from "../tokenChecker.ts";
import type { RuleFacts } from "./ruleFacts.ts";
import type { SaleRules } from "./saleRules.ts";

type Tables = MemoryServers["database"]["tables"];

/** The tables after the last message of a sale. */
export interface RuleRows {
  readonly tables: Tables;
  readonly admissions: readonly EndedPlace[];
  /** The longest time of a hold from its beginning, with all extensions, ms. */
  readonly holdMsMax: number;
}

/** The times of a hold and of its extensions are rounded to a millisecond. */
const ROUNDING_MS = 1;

/** Compares the answers to clients and operators with the rows at the end of the sale. */
export function checkRules(rules: SaleRules, facts: RuleFacts, rows: RuleRows): void {
  checkLimit(rules, facts, rows.tables);
  checkEnds(facts, rows);
  checkGivenBack(facts, rows.tables);
  checkLeftPlaces(facts, rows.admissions);
}

/** The time in which a buyer has a right to a seat, µs since the epoch. */
interface Right {
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * No buyer ever has more seats than the limit, unpaid and paid together. Only the beginning of a
 * right can exceed the limit.
 */
function checkLimit({ seatsPerBuyerMax }: SaleRules, facts: RuleFacts, tables: Tables): void {
  for (const [userId, rights] of rightsOfBuyers(tables)) {
    for (const { fromUs } of rights) {
      const seats = rights.filter((one) => one.fromUs <= fromUs && fromUs < one.untilUs).length;
      if (seats <= seatsPerBuyerMax) continue;
      facts.found("a buyer had more seats than the limit", { userId, seats, seatsPerBuyerMax });
      break;
    }
  }
}

function rightsOfBuyers({ reservations, reservationSeats }: Tables): Map<number, Right[]> {
  const rights = new Map<number, Right[]>();
  for (const { committed: link } of reservationSeats.all()) {
    const reservation = link && reservations.get(link.reservationId)?.committed;
    if (!link || !reservation) continue;
    const { userId, status, createdAtUs, updatedAtUs, expiresAtUs } = reservation;
    const isOver = status === "CANCELLED" || status === "REFUNDED";
    const isPaid = status === "CONFIRMED";
    const endUs = isPaid ? Number.POSITIVE_INFINITY : isOver ? updatedAtUs : expiresAtUs;
    const right = { fromUs: createdAtUs, untilUs: link.releasedAtUs ?? endUs };
    rights.set(userId, [...(rights.get(userId) ?? []), right]);
  }
  return rights;
}

/** A hold lasts as long as its answers promised, and never longer than all extensions allow. */
function checkEnds(facts: RuleFacts, { tables, holdMsMax }: RuleRows): void {
  for (const { committed } of tables.reservations.all()) {
    if (!committed) continue;
    const { id: reservationId, createdAtUs, expiresAtUs } = committed;
    const promisedMs = facts.holds.get(reservationId)?.promisedMs ?? 0;
    if (expiresAtUs / 1000 < promisedMs - ROUNDING_MS) {
      facts.found("a hold ends before the end that an answer promised", { reservationId });
    }
    if ((expiresAtUs - createdAtUs) / 1000 > holdMsMax + ROUNDING_MS) {
      facts.found("a hold lasts longer than all extensions together allow", { reservationId });
    }
  }
}

/** Seats that an operator gave back are not the reservation's any more. */
function checkGivenBack(facts: RuleFacts, { reservationSeats }: Tables): void {
  for (const { reservationId, seatIds } of facts.givenBack) {
    for (const { committed } of reservationSeats.all()) {
      if (committed?.reservationId !== reservationId || committed.live !== 1) continue;
      if (!seatIds.includes(committed.seatId)) continue;
      facts.found("a reservation still has a seat that an operator gave back", {
        ...{ reservationId, seatId: committed.seatId },
      });
    }
  }
}

/** A place that its buyer left is never admitted. */
function checkLeftPlaces(facts: RuleFacts, admissions: readonly EndedPlace[]): void {
  for (const { userId, sequence, admittedAtUs } of admissions) {
    const left = facts.left.get(sequence);
    if (!left || admittedAtUs <= left.atMs * 1000) continue;
    facts.found("a left place was admitted", { userId, sequence });
  }
}
