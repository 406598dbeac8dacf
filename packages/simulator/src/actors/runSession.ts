import { anyAnswer, datesAnswer, type TicketAnswer, ticketAnswer } from "./answers.ts";
import { buyerCalls } from "./buyerCalls.ts";
import { BuyerEnded, type BuyerOutcome } from "./buyerEnded.ts";
import type { BuyerPlan } from "./buyerPlan.ts";
import { holdSomeSeats } from "./holdSomeSeats.ts";
import { type RushWorld, sinceOpen } from "./rushWorld.ts";
import { lostAdmission, type Session, think } from "./session.ts";
import { settleHold } from "./settleHold.ts";

/** What became of a buyer; times in ms since the sale opened, undefined for what never happened. */
export interface SessionResult {
  readonly index: number;
  readonly outcome: BuyerOutcome;
  /** Why, for a way that failed. */
  readonly reason: string | undefined;
  readonly intendedMs: number;
  /** When the first request was really sent. */
  readonly startedMs: number;
  /** When the queue let the buyer in, by the servers' clock. */
  readonly admittedMs: number | undefined;
  readonly endedMs: number;
  readonly boughtSeatIds: readonly number[];
  readonly soldMs: number | undefined;
}

/** A place can be lost to a pause of the machine; who loses it twice more gives up. */
const ADMISSIONS_MAX = 3;

/**
 * One buyer's whole way over HTTP: stands in line, looks, holds, pays; or loses interest on the
 * way. Never rejects: what went wrong is the story's outcome.
 */
export async function runSession(plan: BuyerPlan, world: RushWorld): Promise<SessionResult> {
  const { clock, recorder, signal } = world;
  const intendedAt = world.opensAtMonotonicMs + plan.arriveAtMs;
  await clock.sleep(Math.max(0, intendedAt - clock.monotonicMs()), AbortSignal.any([signal]));
  const startedMs = sinceOpen(world);
  const session: Session = {
    plan,
    world,
    calls: buyerCalls(plan, world),
    accessToken: signal.aborted ? "" : await world.tokenFor(plan.userId),
    queueToken: "",
    admittedMs: undefined,
    givesUpAtMs: undefined,
    boughtSeatIds: [],
    soldMs: undefined,
  };
  if (!signal.aborted) recorder.happened("arrival", plan.arriveAtMs);
  const { outcome, reason } = await endOf(() => runAdmissions(session, intendedAt));
  recorder.happened("end", sinceOpen(world));
  if (outcome === "bought") recorder.span("purchase", clock.monotonicMs() - intendedAt);
  return {
    index: plan.index,
    outcome,
    reason,
    intendedMs: plan.arriveAtMs,
    startedMs,
    admittedMs: session.admittedMs,
    endedMs: sinceOpen(world),
    boughtSeatIds: session.boughtSeatIds,
    soldMs: session.soldMs,
  };
}

async function endOf(
  way: () => Promise<BuyerOutcome>,
): Promise<{ outcome: BuyerOutcome; reason: string | undefined }> {
  try {
    return { outcome: await way(), reason: undefined };
  } catch (error) {
    if (!(error instanceof BuyerEnded)) throw error;
    return {
      outcome: error.outcome,
      reason: error.outcome === "failed" ? error.message : undefined,
    };
  }
}

async function runAdmissions(session: Session, intendedAt: number): Promise<BuyerOutcome> {
  for (let admission = 1; ; admission++) {
    await standInLine(session, admission === 1 ? intendedAt : session.world.clock.monotonicMs());
    const outcome = await goShopping(session);
    if (outcome !== "lost-admission" || admission === ADMISSIONS_MAX) return outcome;
  }
}

async function goShopping(session: Session): Promise<BuyerOutcome> {
  const { calls, world } = session;
  const path = `/concerts/${world.sale.concertId}/available-dates`;
  const dates = await calls.send(
    "dates",
    { method: "GET", path, token: session.queueToken },
    datesAnswer,
  );
  if (!dates.accepted) return lostAdmission("dates", dates);
  const performanceId = dates.value.concerts[0]?.concertOptionId;
  if (performanceId === undefined) return leave(session, "found-nothing");
  await think(session);
  const held = await holdSomeSeats(session, performanceId);
  if (held === "lost-admission") return held;
  if (held === "found-nothing" || held === "always-too-late") return leave(session, held);
  await think(session);
  const outcome = await settleHold(session, held);
  return outcome === "abandoned" ? leave(session, outcome) : outcome;
}

/** Joins and polls as often as the queue asks for, until the buyer is admitted. */
async function standInLine(session: Session, sinceMs: number): Promise<void> {
  const { calls, world, plan } = session;
  const { clock, recorder, sale } = world;
  const body = { userId: plan.userId, queueId: sale.queueId };
  const join = { method: "POST", path: "/queue/tokens", token: session.accessToken, body } as const;
  const joined = await calls.send("join", join, ticketAnswer, sinceMs);
  if (!joined.accepted) throw new BuyerEnded("failed", `join: refused with ${joined.code}`);
  let ticket = joined.value;
  while (ticket.status !== "ACTIVE") {
    await calls.pause(ticket.pollAfterMs);
    const poll = { method: "GET", path: "/queue/tokens/me", token: ticket.token } as const;
    const polled = await calls.send("poll", poll, ticketAnswer);
    if (!polled.accepted) throw new BuyerEnded(lostAdmission("poll", polled));
    ticket = polled.value;
  }
  session.queueToken = ticket.token;
  if (session.admittedMs !== undefined) return;
  session.admittedMs = admissionOf(ticket, world);
  recorder.happened("admission", session.admittedMs);
  recorder.span("wait", clock.monotonicMs() - sinceMs);
}

/** The answer says when the admission ends; it began one time to live earlier. */
function admissionOf(ticket: TicketAnswer, world: RushWorld): number {
  if (!ticket.expiresAt) return sinceOpen(world);
  return Date.parse(ticket.expiresAt) - world.sale.activeTtlMs - world.opensAtMs;
}

/** Gives the place back, so that the next in line need not wait for it to run out. */
async function leave(session: Session, outcome: BuyerOutcome): Promise<BuyerOutcome> {
  const { calls, queueToken, plan } = session;
  if (outcome === "abandoned" && plan.abandons === "lets-expire") return outcome;
  const request = { method: "DELETE", path: "/queue/tokens/me", token: queueToken } as const;
  await calls.send("leave", request, anyAnswer);
  return outcome;
}
