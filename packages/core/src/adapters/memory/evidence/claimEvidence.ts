import type { Evidence } from "../../../ports/evidenceStore.ts";
import { CLAIM_RULES } from "../../evidence/evidenceRules.ts";
import { searchedRules } from "../../evidence/findings.ts";
import type { ReservationRow, ReservationSeatRow, SeatTableRow } from "../database/rows.ts";
import type { Statement } from "../database/statement.ts";
import type { Tables } from "../database/tables.ts";
import { dateOf } from "../times.ts";
import { askRules, dateOrNull, type Searches } from "./askRules.ts";

interface JoinedClaim {
  readonly claim: ReservationSeatRow;
  readonly seat: SeatTableRow | undefined;
  readonly reservation: ReservationRow | undefined;
}

interface JoinedSeat {
  readonly seat: SeatTableRow;
  /** The one that the seat names. */
  readonly reservation: ReservationRow | undefined;
}

interface ClaimView {
  readonly nowUs: number;
  readonly seats: readonly JoinedSeat[];
  readonly claims: readonly JoinedClaim[];
  readonly claimsBySeat: ReadonlyMap<number, readonly JoinedClaim[]>;
  readonly reservations: readonly ReservationRow[];
}

/** Beyond this, the two times at which one hold ends differ. */
const END_SLACK_US = 1_000;

/** Those with any claim on the seat, in the order in which they were made. */
function historyOf(claims: readonly JoinedClaim[]): ReservationRow[] {
  return claims
    .flatMap(({ reservation }) => reservation ?? [])
    .sort((a, b) => a.createdAtUs - b.createdAtUs || a.id - b.id);
}

function endOfActivationUs({ status, expiresAtUs, updatedAtUs }: ReservationRow): number {
  if (status === "CONFIRMED") return Number.POSITIVE_INFINITY;
  return status === "EXPIRED" || status === "PENDING" ? expiresAtUs : updatedAtUs;
}

const isCurrent = (reservation: ReservationRow | undefined): boolean =>
  reservation?.status === "PENDING" || reservation?.status === "CONFIRMED";

const ofHistories: Searches<"liveTwice" | "givenAwayEarly", ClaimView> = {
  *liveTwice({ claimsBySeat, nowUs }) {
    for (const [seatId, claims] of claimsBySeat) {
      if (claims.length < 2) continue;
      const live = historyOf(claims).filter(
        ({ status, expiresAtUs }) =>
          status === "CONFIRMED" || (status === "PENDING" && expiresAtUs > nowUs),
      );
      if (live.length < 2) continue;
      const ids = live.map(({ id }) => id).sort((a, b) => a - b);
      yield { seatId, reservationIds: ids.join(",") };
    }
  },
  *givenAwayEarly({ claimsBySeat }) {
    for (const [seatId, claims] of claimsBySeat) {
      if (claims.length < 2) continue;
      let before: ReservationRow | undefined;
      for (const next of historyOf(claims)) {
        if (before && next.createdAtUs < endOfActivationUs(before)) {
          yield { seatId, reservationId: before.id, nextReservationId: next.id };
        }
        before = next;
      }
    }
  },
};

const ofSeats: Searches<"seatStatus" | "seatWithoutClaim" | "twoEnds", ClaimView> = {
  *seatStatus({ seats }) {
    for (const { seat, reservation } of seats) {
      const agrees =
        seat.status === "AVAILABLE"
          ? !isCurrent(reservation)
          : reservation?.status === (seat.status === "HELD" ? "PENDING" : "CONFIRMED");
      if (agrees) continue;
      yield {
        seatId: seat.id,
        seatStatus: seat.status,
        reservationId: seat.reservationId,
        reservationStatus: reservation?.status ?? null,
      };
    }
  },
  *seatWithoutClaim({ seats, claimsBySeat }) {
    for (const { seat } of seats) {
      if (seat.status === "AVAILABLE") continue;
      const claimed = claimsBySeat
        .get(seat.id)
        ?.some(({ claim }) => claim.live === 1 && claim.reservationId === seat.reservationId);
      if (claimed) continue;
      yield { seatId: seat.id, seatStatus: seat.status, reservationId: seat.reservationId };
    }
  },
  *twoEnds({ seats }) {
    for (const { seat, reservation } of seats) {
      if (seat.status !== "HELD" || !reservation) continue;
      const { holdExpiresAtUs } = seat;
      const { expiresAtUs } = reservation;
      const agrees =
        holdExpiresAtUs !== null && Math.abs(holdExpiresAtUs - expiresAtUs) <= END_SLACK_US;
      if (agrees) continue;
      yield {
        seatId: seat.id,
        reservationId: reservation.id,
        seatHoldExpiresAt: dateOrNull(holdExpiresAtUs),
        reservationExpiresAt: dateOf(expiresAtUs),
      };
    }
  },
};

const SEARCHES: Searches<keyof typeof CLAIM_RULES, ClaimView> = {
  ...ofHistories,
  ...ofSeats,
  *liveFlag({ claims }) {
    for (const { claim, reservation } of claims) {
      if (!reservation || (claim.live !== null) === isCurrent(reservation)) continue;
      const { id, status } = reservation;
      yield { seatId: claim.seatId, reservationId: id, status, live: claim.live };
    }
  },
  *claimWithoutSeat({ claims }) {
    for (const { claim, seat } of claims) {
      if (claim.live === null) continue;
      if (seat && seat.status !== "AVAILABLE" && seat.reservationId === claim.reservationId)
        continue;
      yield {
        seatId: claim.seatId,
        reservationId: claim.reservationId,
        seatStatus: seat?.status ?? null,
        seatReservationId: seat?.reservationId ?? null,
      };
    }
  },
  *noSeat({ claims, reservations }) {
    const withSeat = new Set(claims.map(({ claim }) => claim.reservationId));
    for (const { id, status } of reservations) {
      if (!withSeat.has(id)) yield { reservationId: id, status };
    }
  },
  *otherPerformance({ claims }) {
    for (const { seat, reservation } of claims) {
      if (!seat || !reservation || seat.performanceId === reservation.performanceId) continue;
      yield {
        reservationId: reservation.id,
        seatId: seat.id,
        performanceId: reservation.performanceId,
        seatPerformanceId: seat.performanceId,
      };
    }
  },
};

const RULES = searchedRules(CLAIM_RULES, SEARCHES);

/** I1. */
export function claimEvidence(s: Statement, tables: Tables): Evidence {
  const claims = s.all(tables.reservationSeats).map((claim) => ({
    claim,
    seat: s.find(tables.seats, claim.seatId),
    reservation: s.find(tables.reservations, claim.reservationId),
  }));
  const seats = s.all(tables.seats).map((seat) => ({
    seat,
    reservation:
      seat.reservationId === null ? undefined : s.find(tables.reservations, seat.reservationId),
  }));
  const view = {
    nowUs: s.nowUs,
    seats,
    claims,
    claimsBySeat: Map.groupBy(claims, ({ claim }) => claim.seatId),
    reservations: s.all(tables.reservations),
  };
  return askRules(RULES, view, seats.length + claims.length);
}
