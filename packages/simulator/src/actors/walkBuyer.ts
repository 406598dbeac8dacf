import { anyAnswer, datesAnswer, type TicketAnswer, ticketAnswer } from "./answers.ts";
import { buyerCalls } from "./buyerCalls.ts";
import { BuyerEnded, type BuyerOutcome } from "./buyerEnded.ts";
import type { BuyerPlan } from "./buyerPlan.ts";
import { type Errand, lostTurn, think } from "./errand.ts";
import { holdSomeSeats } from "./holdSomeSeats.ts";
import { type RushWorld, sinceOpen } from "./rushWorld.ts";
import { settleHold } from "./settleHold.ts";

/** What became of a buyer; times in ms since the sale opened, undefined for what never happened. */
export interface BuyerStory {
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
const TURNS_MAX = 3;

/**
 * One buyer's whole way over HTTP: stands in line, looks, holds, pays; or loses interest on the
 * way. Never rejects: what went wrong is the story's outcome.
 */
export async function walkBuyer(plan: BuyerPlan, world: RushWorld): Promise<BuyerStory> {
  const { clock, recorder, signal } = world;
  const intendedAt = world.opensAtMonotonicMs + plan.arriveAtMs;
  await clock.sleep(Math.max(0, intendedAt - clock.monotonicMs()), AbortSignal.any([signal]));
  const startedMs = sinceOpen(world);
  const errand: Errand = {
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
  const { outcome, reason } = await endOf(() => takeTurns(errand, intendedAt));
  recorder.happened("end", sinceOpen(world));
  if (outcome === "bought") recorder.span("purchase", clock.monotonicMs() - intendedAt);
  return {
    index: plan.index,
    outcome,
    reason,
    intendedMs: plan.arriveAtMs,
    startedMs,
    admittedMs: errand.admittedMs,
    endedMs: sinceOpen(world),
    boughtSeatIds: errand.boughtSeatIds,
    soldMs: errand.soldMs,
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

async function takeTurns(errand: Errand, intendedAt: number): Promise<BuyerOutcome> {
  for (let turn = 1; ; turn++) {
    await standInLine(errand, turn === 1 ? intendedAt : errand.world.clock.monotonicMs());
    const outcome = await goShopping(errand);
    if (outcome !== "lost-turn" || turn === TURNS_MAX) return outcome;
  }
}

async function goShopping(errand: Errand): Promise<BuyerOutcome> {
  const { calls, world } = errand;
  const path = `/concerts/${world.sale.concertId}/available-dates`;
  const dates = await calls.send(
    "dates",
    { method: "GET", path, token: errand.queueToken },
    datesAnswer,
  );
  if (!dates.accepted) return lostTurn("dates", dates);
  const performanceId = dates.value.concerts[0]?.concertOptionId;
  if (performanceId === undefined) return leave(errand, "found-nothing");
  await think(errand);
  const held = await holdSomeSeats(errand, performanceId);
  if (held === "lost-turn") return held;
  if (held === "found-nothing" || held === "always-too-late") return leave(errand, held);
  await think(errand);
  const outcome = await settleHold(errand, held);
  return outcome === "abandoned" ? leave(errand, outcome) : outcome;
}

/** Joins and polls as often as the queue asks for, until the turn comes. */
async function standInLine(errand: Errand, sinceMs: number): Promise<void> {
  const { calls, world, plan } = errand;
  const { clock, recorder, sale } = world;
  const body = { userId: plan.userId, queueId: sale.queueId };
  const join = { method: "POST", path: "/queue/tokens", token: errand.accessToken, body } as const;
  const joined = await calls.send("join", join, ticketAnswer, sinceMs);
  if (!joined.accepted) throw new BuyerEnded("failed", `join: refused with ${joined.code}`);
  let ticket = joined.value;
  while (ticket.status !== "ACTIVE") {
    await calls.pause(ticket.pollAfterMs);
    const poll = { method: "GET", path: "/queue/tokens/me", token: ticket.token } as const;
    const polled = await calls.send("poll", poll, ticketAnswer);
    if (!polled.accepted) throw new BuyerEnded(lostTurn("poll", polled));
    ticket = polled.value;
  }
  errand.queueToken = ticket.token;
  if (errand.admittedMs !== undefined) return;
  errand.admittedMs = admissionOf(ticket, world);
  recorder.happened("admission", errand.admittedMs);
  recorder.span("wait", clock.monotonicMs() - sinceMs);
}

/** The answer says when the admission ends; it began one time to live earlier. */
function admissionOf(ticket: TicketAnswer, world: RushWorld): number {
  if (!ticket.expiresAt) return sinceOpen(world);
  return Date.parse(ticket.expiresAt) - world.sale.activeTtlMs - world.opensAtMs;
}

/** Gives the place back, so that the next in line need not wait for it to run out. */
async function leave(errand: Errand, outcome: BuyerOutcome): Promise<BuyerOutcome> {
  const { calls, queueToken, plan } = errand;
  if (outcome === "abandoned" && plan.abandons === "lets-expire") return outcome;
  const request = { method: "DELETE", path: "/queue/tokens/me", token: queueToken } as const;
  await calls.send("leave", request, anyAnswer);
  return outcome;
}
