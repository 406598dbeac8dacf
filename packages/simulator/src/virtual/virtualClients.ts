import { z } from "zod";
import { AcknowledgedLog } from "../actors/acknowledgedLog.ts";
import type { BuyerOutcome } from "../actors/buyerEnded.ts";
import { type BuyerPlan, planClients } from "../actors/buyerPlan.ts";
import type { ClientEnvironment, Sale } from "../actors/clientEnvironment.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/httpTransport.ts";
import { runSession } from "../actors/runSession.ts";
import { chance } from "../chance/seededRandom.ts";
import { Recorder } from "../measure/recorder.ts";
import { type Actor, actAs, currentActor } from "./actor.ts";
import { type LineChecker, lineChecker, type ProvenPlace } from "./lineChecker.ts";
import type { RunPlan } from "./runPlan.ts";
import { POLL_AFTER_MS_MAX } from "./scenario.ts";
import { virtualClock } from "./virtualClock.ts";
import type { Network } from "./virtualLink.ts";
import { virtualAccessToken } from "./virtualTokens.ts";

/** The clients of a run, with the answers that they received. */
export interface Clients {
  /** Starts all sessions. */
  start(): void;
  /** Returns the number of sessions that have not ended. */
  underWay(): number;
  readonly outcomes: ReadonlyMap<number, BuyerOutcome>;
  readonly acknowledged: AcknowledgedLog;
  readonly recorder: Recorder;
  /**
   * The points that each buyer requested to charge, counting each key once. The ledger must not
   * have more.
   */
  readonly askedCharges: ReadonlyMap<number, number>;
  readonly line: LineChecker;
}

/** The dependencies of the clients of a run. */
export interface ClientsSetting {
  readonly transport: Transport;
  readonly sale: Sale;
  /** Returns the place that a queue token proves. */
  placeOf(token: string): ProvenPlace;
  /** Reports an error in the client's own code. */
  failed(error: unknown): void;
}

const FIRST_USER_ID = 1;
/** Party sizes like those of a live rush, but small enough for a sale of five seats. */
const PARTY_SIZES: ReadonlyMap<number, number> = new Map([
  [1, 0.6],
  [2, 0.3],
  [3, 0.1],
]);
/**
 * How long a buyer may take to poll again and get an answer after a loss, before a later buyer may
 * be admitted, ms.
 */
const TRAVEL_MS = 1_000;
const PATIENCE_MS = 3_000;
const CHARGE_SHARE = 0.5;
/**
 * Attempts of a request. With the pause between them they last longer than the restart of a crashed
 * process.
 */
const TRIES_MAX = 8;
const PAUSE_MS = 900;
/** Half of the buyers charge some points before they arrive, too few for any seat. */
const POCKET_SHARE = 0.5;
const POCKET_POINTS = [10_000, 20_000] as const;

const paid = z.object({ paymentId: z.number() });
const charge = z.object({ userId: z.number(), amount: z.number() });

/**
 * Creates the clients. They run the same sessions as the clients of a live rush, but in virtual
 * time.
 */
export function virtualClients(
  plan: RunPlan,
  { scheduler, stalls }: Network,
  setting: ClientsSetting,
): Clients {
  const { streams, conditions } = plan;
  const plans = plansOf(plan);
  const acknowledged = new AcknowledgedLog();
  const recorder = new MismatchRecorder();
  const outcomes = new Map<number, BuyerOutcome>();
  const clock = virtualClock(scheduler, stalls.owner);
  const line = lineChecker({
    transport: setting.transport,
    nowUs: () => Math.round(clock.nowMs() * 1000),
    placeOf: setting.placeOf,
    returnsWithinMs: POLL_AFTER_MS_MAX + TRAVEL_MS,
  });
  const asked = chargeLog(line.transport);
  const rush: ClientEnvironment = {
    clock,
    transport: asked.transport,
    recorder,
    acknowledged,
    sale: setting.sale,
    tokenFor: virtualAccessToken,
    thinkMs: conditions.thinkMs,
    runId: "v",
    opensAtMonotonicMs: clock.monotonicMs(),
    opensAtMs: clock.nowMs(),
    signal: new AbortController().signal,
  };

  async function visit(buyer: BuyerPlan, actor: Actor): Promise<void> {
    if (chance(streams(`pocket of buyer ${buyer.index}`), POCKET_SHARE)) {
      const charged = await fillPocket(asked.transport, clock, buyer);
      for (const amount of charged) acknowledged.charge(buyer.userId, amount);
    }
    const { outcome } = await runSession(buyer, rush);
    const payment = asked.payments.get(actor.name);
    const refunds = chance(streams(`refund of buyer ${buyer.index}`), conditions.refundShare);
    if (payment !== undefined && refunds) await refund(asked.transport, clock, buyer, payment);
    outcomes.set(buyer.index, outcome);
  }

  return {
    start() {
      for (const buyer of plans) {
        const name = `buyer-${buyer.index}`;
        const actor = { name, random: streams(name), calls: 0 };
        actAs(actor, () => visit(buyer, actor)).catch(setting.failed);
      }
    },
    underWay: () => plans.length - outcomes.size,
    outcomes,
    acknowledged,
    recorder,
    askedCharges: asked.charges,
    line,
  };
}

function plansOf({ streams, scenario, conditions, schedule }: RunPlan): readonly BuyerPlan[] {
  const plans = planClients({
    streams,
    buyers: scenario.buyers,
    firstUserId: FIRST_USER_ID,
    arrival: "poisson",
    durationMs: conditions.arrivalMs,
    partySizes: PARTY_SIZES,
    abandonShare: conditions.abandonShare,
    retryShare: conditions.retryShare,
    chargeShare: CHARGE_SHARE,
    patienceMs: PATIENCE_MS,
  });
  const only = schedule.buyers;
  return only ? plans.filter(({ index }) => only.has(index)) : plans;
}

/**
 * Sends two charges at the same moment, so that they race on one ledger. Their sum is too small for
 * a seat, so the payment is refused for an insufficient balance.
 * @returns the acknowledged charges
 */
async function fillPocket(
  transport: Transport,
  clock: ClientEnvironment["clock"],
  { userId, index, arriveAtMs }: BuyerPlan,
): Promise<readonly number[]> {
  await clock.sleep(arriveAtMs);
  const answers = await Promise.all(
    POCKET_POINTS.map((amount) =>
      insist(transport, clock, index, {
        method: "PUT",
        path: "/points/charge",
        token: virtualAccessToken(userId),
        body: { userId, amount },
        idempotencyKey: `v-pocket-${index}-${amount}`,
      }),
    ),
  );
  return POCKET_POINTS.filter((_amount, at) => answers[at]?.kind === "accepted");
}

/** Requests a refund until an answer arrives. A refusal is an answer too. */
async function refund(
  transport: Transport,
  clock: ClientEnvironment["clock"],
  plan: BuyerPlan,
  paymentId: number,
): Promise<void> {
  await insist(transport, clock, plan.index, {
    method: "POST",
    path: `/payments/${paymentId}/refund`,
    token: virtualAccessToken(plan.userId),
    body: {},
    idempotencyKey: `v-refund-${paymentId}`,
  });
}

/** Sends a request to one process after the other until one accepts or refuses it. */
async function insist(
  transport: Transport,
  clock: ClientEnvironment["clock"],
  target: number,
  request: TransportRequest,
): Promise<TransportAnswer | undefined> {
  for (let tried = 0; tried < TRIES_MAX; tried += 1) {
    const answer = await transport.send(target + tried, request);
    const isBusy = answer.kind === "refused" && codeOf(answer.body) === "IDEMPOTENCY_IN_PROGRESS";
    if (answer.kind !== "failed" && !isBusy) return answer;
    await clock.sleep(PAUSE_MS);
  }
  return undefined;
}

function codeOf(body: unknown): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}

/** Records only what the checks need, because latencies of virtual time have no meaning. */
class MismatchRecorder extends Recorder {
  override accepted(): void {}
  override refused(): void {}
  override failed(): void {}
  override span(): void {}
  override happened(): void {}
}

/** Wraps a transport, and records charges and payments from its requests and answers. */
function chargeLog(transport: Transport) {
  const charges = new Map<number, number>();
  const keys = new Set<string>();
  /** The last acknowledged payment of each buyer. */
  const payments = new Map<string, number>();

  function noteRequest({ path, body, idempotencyKey = "" }: TransportRequest): void {
    if (path !== "/points/charge" || keys.has(idempotencyKey)) return;
    keys.add(idempotencyKey);
    const { userId, amount } = charge.parse(body);
    charges.set(userId, (charges.get(userId) ?? 0) + amount);
  }

  function noteAnswer({ path }: TransportRequest, answer: TransportAnswer): void {
    const buyer = currentActor();
    if (!buyer || path !== "/payment/pay" || answer.kind !== "accepted") return;
    payments.set(buyer.name, paid.parse(answer.data).paymentId);
  }

  return {
    charges,
    payments,
    transport: {
      ...transport,
      async send(target: number, request: TransportRequest): Promise<TransportAnswer> {
        noteRequest(request);
        const answer = await transport.send(target, request);
        noteAnswer(request, answer);
        return answer;
      },
    },
  };
}
