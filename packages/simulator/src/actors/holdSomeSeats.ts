import { type HoldAnswer, holdAnswer, type OfferedSeat, seatsAnswer } from "./answers.ts";
import type { Reply } from "./buyerCalls.ts";
import { chooseSeats } from "./chooseSeats.ts";
import { sinceOpen } from "./clientEnvironment.ts";
import { HOLD_PATH, seatListPath } from "./requests.ts";
import { lostAdmission, type Session, think } from "./session.ts";

/**
 * Maximum number of attempts to hold seats: far more than are needed, even when seats are popular.
 */
const TRIES_MAX = 12;
/** After losing this many seats to other buyers, the buyer loads the list of seats again. */
const LOOK_AGAIN_AFTER = 2;
/** How often a buyer who waits for returned seats loads the seats, ms. */
const LOOK_EVERY_MS = 1000;

export type NoHold = "found-nothing" | "always-too-late" | "lost-admission";

/** Loads, chooses and reserves seats. When another buyer was faster, chooses other seats. */
export async function holdSomeSeats(
  session: Session,
  performanceId: number,
): Promise<HoldAnswer | NoHold> {
  const { plan, environment } = session;
  const { clock, recorder, sale } = environment;
  let offered: readonly OfferedSeat[] = [];
  let missed = 0;
  for (let tries = 0; tries < TRIES_MAX; ) {
    if (offered.length === 0 || missed >= LOOK_AGAIN_AFTER) {
      const looked = await look(session, performanceId);
      if (looked === undefined) return "lost-admission";
      offered = looked;
      missed = 0;
      if (offered.length === 0) {
        session.givesUpAtMs ??= clock.monotonicMs() + plan.patienceMs;
        if (clock.monotonicMs() >= session.givesUpAtMs) return "found-nothing";
        await session.calls.pause(LOOK_EVERY_MS);
        continue;
      }
      await think(session);
    }
    const rankOf = (seat: OfferedSeat): number => sale.rankOf(seat.seatId);
    const chosen = chooseSeats(offered, rankOf, plan.partySize, sale.popularity, plan.random);
    tries++;
    const reply = await reserve(session, chosen);
    if (reply.accepted) {
      environment.acknowledged.reservation(reply.value.reservationId);
      recorder.happened("hold", sinceOpen(environment));
      return reply.value;
    }
    if (reply.status !== 409) return lostAdmission("reserve", reply);
    recorder.happened("refusal", sinceOpen(environment));
    missed++;
    offered = offered.filter((seat) => !chosen.includes(seat));
  }
  return "always-too-late";
}

async function look(
  session: Session,
  performanceId: number,
): Promise<readonly OfferedSeat[] | undefined> {
  const path = seatListPath(performanceId);
  const request = { method: "GET", path, token: session.queueToken } as const;
  const reply = await session.calls.send("seats", request, seatsAnswer);
  if (reply.accepted) return reply.value.seats;
  lostAdmission("seats", reply);
  return undefined;
}

function reserve(session: Session, chosen: readonly OfferedSeat[]): Promise<Reply<HoldAnswer>> {
  const { calls, queueToken, environment } = session;
  session.reserveCount += 1;
  const request = {
    method: "POST",
    path: HOLD_PATH,
    token: queueToken,
    body: { seatIds: chosen.map((seat) => seat.seatId) },
    idempotencyKey: `${environment.runId}-${session.reserveCount}`,
  } as const;
  return calls.sendOnce("reserve", request, holdAnswer, (hold) => String(hold.reservationId));
}
