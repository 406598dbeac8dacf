import { anyAnswer, datesAnswer, type TicketAnswer, ticketAnswer } from "./answers.ts";
import { buyerCalls } from "./buyerCalls.ts";
import { BuyerEnded, type BuyerOutcome } from "./buyerEnded.ts";
import type { BuyerPlan } from "./buyerPlan.ts";
import { type ClientEnvironment, sinceOpen } from "./clientEnvironment.ts";
import { holdSomeSeats } from "./holdSomeSeats.ts";
import { lostAdmission, type Session, think } from "./session.ts";
import { settleHold } from "./settleHold.ts";

/**
 * The outcome of a session. Times are ms since the sale opened; a time is undefined when the event
 * did not happen.
 */
export interface SessionResult {
  readonly index: number;
  readonly outcome: BuyerOutcome;
  /** The reason why the session failed, if it failed. */
  readonly reason: string | undefined;
  readonly intendedMs: number;
  /** When the client sent the first request. */
  readonly startedMs: number;
  /** When the queue admitted the buyer, by the clock of the servers. */
  readonly admittedMs: number | undefined;
  readonly endedMs: number;
  readonly boughtSeatIds: readonly number[];
  readonly soldMs: number | undefined;
}

/**
 * Maximum number of admissions of one buyer. A pause of the machine can cost a buyer the place;
 * after the third loss the buyer gives up.
 */
const ADMISSIONS_MAX = 3;

/**
 * Runs the session of one buyer over HTTP: the buyer joins the queue, loads the seats, holds some,
 * and pays or loses interest. The promise never rejects: the outcome of the session names the
 * failure.
 */
export async function runSession(
  plan: BuyerPlan,
  environment: ClientEnvironment,
): Promise<SessionResult> {
  const { clock, recorder, signal } = environment;
  const intendedAt = environment.opensAtMonotonicMs + plan.arriveAtMs;
  await clock.sleep(Math.max(0, intendedAt - clock.monotonicMs()), AbortSignal.any([signal]));
  const startedMs = sinceOpen(environment);
  const session: Session = {
    plan,
    environment,
    calls: buyerCalls(plan, environment),
    accessToken: signal.aborted ? "" : await environment.tokenFor(plan.userId),
    queueToken: "",
    admittedMs: undefined,
    estimates: [],
    givesUpAtMs: undefined,
    reserveCount: 0,
    boughtSeatIds: [],
    soldMs: undefined,
  };
  if (!signal.aborted) recorder.happened("arrival", plan.arriveAtMs);
  const { outcome, reason } = await endOf(() => runAdmissions(session, intendedAt));
  recorder.happened("end", sinceOpen(environment));
  if (outcome === "bought") recorder.span("purchase", clock.monotonicMs() - intendedAt);
  return {
    index: plan.index,
    outcome,
    reason,
    intendedMs: plan.arriveAtMs,
    startedMs,
    admittedMs: session.admittedMs,
    endedMs: sinceOpen(environment),
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
    await standInLine(
      session,
      admission === 1 ? intendedAt : session.environment.clock.monotonicMs(),
    );
    const outcome = await goShopping(session);
    if (outcome !== "lost-admission" || admission === ADMISSIONS_MAX) return outcome;
  }
}

async function goShopping(session: Session): Promise<BuyerOutcome> {
  const { calls, environment } = session;
  const path = `/concerts/${environment.sale.concertId}/available-dates`;
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

/** Joins the queue and polls at the interval that the queue asks for, until the admission. */
async function standInLine(session: Session, sinceMs: number): Promise<void> {
  const { calls, environment, plan } = session;
  const { clock, recorder, sale } = environment;
  const body = { userId: plan.userId, queueId: sale.queueId };
  const join = { method: "POST", path: "/queue/tokens", token: session.accessToken, body } as const;
  const joined = await calls.send("join", join, ticketAnswer, sinceMs);
  if (!joined.accepted) throw new BuyerEnded("failed", `join: refused with ${joined.code}`);
  let ticket = joined.value;
  while (ticket.status !== "ACTIVE") {
    noteEstimate(session, ticket);
    await waitInLine(session, ticket);
    const poll = { method: "GET", path: "/queue/tokens/me", token: ticket.token } as const;
    const polled = await calls.send("poll", poll, ticketAnswer);
    if (!polled.accepted) throw new BuyerEnded(lostAdmission("poll", polled));
    ticket = polled.value;
  }
  session.queueToken = ticket.token;
  if (session.admittedMs !== undefined) return;
  session.admittedMs = admissionOf(ticket, environment);
  recorder.happened("admission", session.admittedMs);
  recorder.span("wait", clock.monotonicMs() - sinceMs);
  for (const [index, { atMs, estimatedMs }] of session.estimates.entries()) {
    const wait = { estimatedMs, realMs: Math.max(0, session.admittedMs - atMs) };
    recorder.waited(index === 0 ? "join" : "poll", wait);
  }
}

/**
 * Waits for as long as the answer advises. A client that follows the line polls earlier when the
 * line has moved past its place.
 */
async function waitInLine({ calls, environment }: Session, ticket: TicketAnswer): Promise<void> {
  const { generation, admittedCount, position, pollAfterMs } = ticket;
  const { line } = environment;
  if (!line || generation == null || admittedCount == null) return await calls.pause(pollAfterMs);
  const admitted = new AbortController();
  const place = { position, generation, admittedCount };
  const endWatch = line.follow(place, () => admitted.abort());
  try {
    await calls.pause(pollAfterMs, admitted.signal);
  } finally {
    endWatch();
  }
}

function noteEstimate({ admittedMs, environment, estimates }: Session, ticket: TicketAnswer): void {
  if (admittedMs !== undefined || ticket.etaSeconds == null) return;
  estimates.push({ atMs: sinceOpen(environment), estimatedMs: ticket.etaSeconds * 1000 });
}

/**
 * Computes the start of an admission: the answer has only its end, which is one time to live later.
 */
function admissionOf(ticket: TicketAnswer, environment: ClientEnvironment): number {
  if (!ticket.expiresAt) return sinceOpen(environment);
  return Date.parse(ticket.expiresAt) - environment.sale.activeTtlMs - environment.opensAtMs;
}

/** Leaves the queue, so that the next buyer need not wait until this admission expires. */
async function leave(session: Session, outcome: BuyerOutcome): Promise<BuyerOutcome> {
  const { calls, queueToken, plan } = session;
  if (outcome === "abandoned" && plan.abandons === "lets-expire") return outcome;
  const request = { method: "DELETE", path: "/queue/tokens/me", token: queueToken } as const;
  await calls.send("leave", request, anyAnswer);
  return outcome;
}
