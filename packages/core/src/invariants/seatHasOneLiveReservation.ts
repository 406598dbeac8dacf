import type { CheckedSeatRow, LinkOfReservation, SeatLinkRow } from "../ports/invariantReader.ts";
import type { CheckContext, Checker, SeatFacts } from "./checker.ts";
import { dateOf, type ViolationLog, violationLog } from "./violations.ts";

/**
 * I1: at most one live reservation for a seat. The first rule is the invariant. The other rules
 * compare the three records of the right to a seat: the seat, the reservation and the live seat
 * link. When these records disagree, a later statement can use the wrong record and sell the seat
 * twice. A seat that its reservation gave back alone has a past link, as if the reservation had
 * ended for this seat.
 */
export const SEAT_RULES = {
  liveTwice: "the seat has more than one live reservation",
  // The next buyer may take a seat only after the earlier hold ended. The reservation of a sold
  // seat never ends, so no other buyer may take the seat.
  givenAwayEarly: "the seat was given to the next buyer before the earlier reservation had ended",
  liveFlag: "the live flag of the seat link and the status of its reservation disagree",
  seatStatus: "the seat's status and the status of the reservation that it names disagree",
  seatWithoutLink: "the seat names a reservation that has no live link to it",
  linkWithoutSeat: "the reservation has a live link to a seat that names another one, or none",
  noSeat: "the reservation has no seat at all",
  otherPerformance: "the reservation has a seat of another performance",
  // Only a link with the seat's version can be paid or cancelled.
  versions: "the reservation has a live link to the seat with another version than the seat's",
  twoEnds: "seat and reservation disagree by more than a millisecond on when the hold ends",
} as const;

/** The expiry times in the seat and in the reservation may differ by this much. */
const END_SLACK_US = 1_000;

/** Checks I1. */
export function checkSeatHasOneLiveReservation({ nowUs }: CheckContext): Checker {
  const log = violationLog(SEAT_RULES);
  let rowsRead = 0;

  function checkLink(link: SeatLinkRow, seat: CheckedSeatRow | undefined): void {
    const { seatId, reservationId } = link;
    if (link.live !== null && !isTaken(seat, reservationId)) {
      const seatReservationId = seat?.reservationId ?? null;
      const seatStatus = seat?.status ?? null;
      log.add("linkWithoutSeat", { seatId, reservationId, seatStatus, seatReservationId });
    } else if (link.live !== null && seat && link.seatVersion !== seat.version) {
      const { seatVersion } = link;
      log.add("versions", { seatId, reservationId, seatVersion, versionOfSeat: seat.version });
    }
    if (!hasReservation(link)) return;
    const { status, live, performanceId } = link;
    if ((live !== null) !== (isCurrent(status) && link.releasedAtUs === null)) {
      log.add("liveFlag", { seatId, reservationId, status, live });
    }
    if (seat && seat.performanceId !== performanceId) {
      const seatPerformanceId = seat.performanceId;
      log.add("otherPerformance", { reservationId, seatId, performanceId, seatPerformanceId });
    }
  }

  function checkSeat(seat: CheckedSeatRow, links: readonly SeatLinkRow[]): void {
    const { id: seatId, status: seatStatus, reservationId, reservationStatus } = seat;
    if (!agrees(seat)) {
      log.add("seatStatus", { seatId, seatStatus, reservationId, reservationStatus });
    }
    const isLinked = links.some((link) => link.live === 1 && link.reservationId === reservationId);
    if (isReserved(seat) && !isLinked) {
      log.add("seatWithoutLink", { seatId, seatStatus, reservationId });
    }
    if (seatStatus === "HELD" && reservationStatus !== null && !endsAreOne(seat)) {
      const seatHoldExpiresAt = dateOf(seat.holdExpiresAtUs);
      const reservationExpiresAt = dateOf(seat.reservationExpiresAtUs);
      log.add("twoEnds", { seatId, reservationId, seatHoldExpiresAt, reservationExpiresAt });
    }
  }

  return {
    takeSeat(facts) {
      const { seat, links } = facts;
      rowsRead += links.length;
      for (const link of links) checkLink(link, seat);
      if (links.length > 1) checkHistory(log, facts, nowUs);
      if (!seat) return;
      rowsRead += 1;
      checkSeat(seat, links);
    },
    takeReservation({ reservationId, reservation, seats }) {
      if (!reservation || seats.length > 0) return;
      log.add("noSeat", { reservationId, status: reservation.status });
    },
    result: () => log.result(rowsRead),
  };
}

type SeatLog = ViolationLog<keyof typeof SEAT_RULES>;

/** Compares all reservations of the seat, past and present. */
function checkHistory(log: SeatLog, { seatId, links }: SeatFacts, nowUs: number): void {
  const history = links
    .filter(hasReservation)
    .sort((a, b) => a.createdAtUs - b.createdAtUs || a.reservationId - b.reservationId);
  const live = history.filter((link) => isLiveAt(link, nowUs)).map((link) => link.reservationId);
  if (live.length > 1) {
    log.add("liveTwice", { seatId, reservationIds: live.sort((a, b) => a - b).join(",") });
  }
  for (const [index, next] of history.entries()) {
    const before = history[index - 1];
    if (!before || next.createdAtUs >= endOfRightUs(before)) continue;
    const ids = { reservationId: before.reservationId, nextReservationId: next.reservationId };
    log.add("givenAwayEarly", { seatId, ...ids });
  }
}

const hasReservation = (link: SeatLinkRow): link is LinkOfReservation => link.status !== null;

const isCurrent = (status: string | null): boolean =>
  status === "PENDING" || status === "CONFIRMED";

function isLiveAt(link: LinkOfReservation, nowUs: number): boolean {
  const { status, expiresAtUs, releasedAtUs } = link;
  if (releasedAtUs !== null) return false;
  return status === "CONFIRMED" || (status === "PENDING" && expiresAtUs > nowUs);
}

function endOfRightUs(link: LinkOfReservation): number {
  const { status, expiresAtUs, updatedAtUs, releasedAtUs } = link;
  if (releasedAtUs !== null) return releasedAtUs;
  if (status === "CONFIRMED") return Number.POSITIVE_INFINITY;
  return status === "EXPIRED" || status === "PENDING" ? expiresAtUs : updatedAtUs;
}

function isTaken(seat: CheckedSeatRow | undefined, reservationId: number): boolean {
  return seat !== undefined && isReserved(seat) && seat.reservationId === reservationId;
}

const isReserved = ({ status }: CheckedSeatRow): boolean => status === "HELD" || status === "SOLD";

function agrees({ status, reservationStatus }: CheckedSeatRow): boolean {
  // A seat that the box office keeps back belongs to no reservation either.
  if (status === "AVAILABLE" || status === "BLOCKED") return !isCurrent(reservationStatus);
  return reservationStatus === (status === "HELD" ? "PENDING" : "CONFIRMED");
}

function endsAreOne({ holdExpiresAtUs, reservationExpiresAtUs }: CheckedSeatRow): boolean {
  if (holdExpiresAtUs === null || reservationExpiresAtUs === null) return false;
  return Math.abs(holdExpiresAtUs - reservationExpiresAtUs) <= END_SLACK_US;
}
