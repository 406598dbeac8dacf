import { z } from "zod";
import { AcknowledgedLog } from "../actors/acknowledgedLog.ts";
import type { BuyerOutcome } from "../actors/buyerEnded.ts";
import { type BuyerPlan, planClients } from "../actors/buyerPlan.ts";
import type { ClientEnvironment, Sale } from "../actors/clientEnvironment.ts";
import { PAY_PATH } from "../actors/requests.ts";
import { runSession } from "../actors/runSession.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../actors/transport.ts";
import { chance } from "../chance/seededRandom.ts";
import { Recorder } from "../measure/recorder.ts";
import { type Actor, actAs, currentActor } from "./actor.ts";
import { earlyLeaves } from "./earlyLeaves.ts";
import { lateLeaves } from "./lateLeaves.ts";
import { type LineChecker, lineChecker } from "./lineChecker.ts";
import type { ProvenPlace } from "./provenPlace.ts";
import type { RuleGame } from "./rules/ruleGame.ts";
import { RULE_PARTIES } from "./rules/saleRules.ts";
import type { RunPlan } from "./runPlan.ts";
import { buyerName, FIRST_USER_ID, LIVES, POLL_AFTER_MS_MAX } from "./scenario.ts";
import { type Charge, fillPocket, refund, repeatCharges } from "./sideRequests.ts";
import { type TokenChecker, tokenChecker } from "./tokenChecker.ts";
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
  readonly tokens: TokenChecker;
}

/** The dependencies of the clients of a run. */
export interface ClientsSetting {
  readonly transport: Transport;
  readonly sale: Sale;
  /** Returns the place in a queue token. */
  placeOf(token: string): ProvenPlace;
  /** The rules of the sale; undefined for a plain sale. */
  readonly game: RuleGame | undefined;
  /** Reports an error in the client's own code. */
  failed(error: unknown): void;
}

/** Share of each party size. The sizes are smaller than in a live rush: the sale has five seats. */
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
/** The largest difference between the clocks of two processes in any fault profile, ms. */
const SKEW_MS_MAX = 400;
/** The times in which a buyer who polls keeps the place. */
const KEEPS_PLACE = {
  returnsWithinMs: POLL_AFTER_MS_MAX + TRAVEL_MS,
  graceMs: LIVES.activationMs - SKEW_MS_MAX,
};
const PATIENCE_MS = 3_000;
const CHARGE_SHARE = 0.5;
/** Half of the buyers charge some points before they arrive, too few for any seat. */
const POCKET_SHARE = 0.5;

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
  const { placeOf, game } = setting;
  const plans = plansOf(plan);
  const acknowledged = new AcknowledgedLog();
  const recorder = new MismatchRecorder();
  const outcomes = new Map<number, BuyerOutcome>();
  const clock = virtualClock(scheduler, stalls.owner);
  const line = lineChecker({
    transport: setting.transport,
    nowUs: () => Math.round(clock.nowMs() * 1000),
    placeOf,
    ...KEEPS_PLACE,
  });
  const tokens = tokenChecker(line.transport, placeOf);
  const asked = chargeLog(tokens.transport);
  const heard = game?.hear(asked.transport) ?? asked.transport;
  const habits = game?.addHabits(heard, acknowledged);
  const leaves = { clock, streams, placeOf, share: conditions.leaveShare };
  const early = earlyLeaves({ ...leaves, transport: habits?.transport ?? heard });
  const late = lateLeaves({ ...leaves, transport: early.transport });
  const rush: ClientEnvironment = {
    clock,
    transport: late.transport,
    recorder,
    acknowledged,
    sale: setting.sale,
    tokenFor: virtualAccessToken,
    thinkMs: conditions.thinkMs,
    runId: "v",
    ...{ opensAtMonotonicMs: clock.monotonicMs(), opensAtMs: clock.nowMs() },
    signal: new AbortController().signal,
  };
  const side = { transport: heard, clock };

  async function visit(buyer: BuyerPlan, actor: Actor): Promise<void> {
    let pocket: readonly Charge[] = [];
    if (chance(streams(`pocket of buyer ${buyer.index}`), POCKET_SHARE)) {
      pocket = await fillPocket(side, buyer);
      for (const { amount } of pocket) acknowledged.charge(buyer.userId, amount);
    }
    const { outcome } = await runSession(buyer, rush);
    for (const different of await repeatCharges(side, buyer, pocket)) {
      recorder.mismatches.push({ phase: "charge", userId: buyer.userId, ...different });
    }
    const payment = asked.payments.get(actor.name);
    const refunds = chance(streams(`refund of buyer ${buyer.index}`), conditions.refundShare);
    const isRefused = payment !== undefined && refunds && !(await refund(side, buyer, payment));
    await Promise.all([early.settled(buyer.userId), late.settled(buyer.userId)]);
    await habits?.settled(actor.name);
    outcomes.set(buyer.index, isRefused ? "failed" : outcome);
  }

  return {
    start() {
      for (const buyer of plans) {
        const name = buyerName(buyer.index);
        const actor = { name, random: streams(name), calls: 0 };
        actAs(actor, () => visit(buyer, actor)).catch(setting.failed);
      }
    },
    underWay: () => plans.length - outcomes.size,
    askedCharges: asked.charges,
    ...{ outcomes, acknowledged, recorder, line, tokens },
  };
}

function plansOf({
  streams,
  scenario,
  conditions,
  rules,
  schedule,
}: RunPlan): readonly BuyerPlan[] {
  const plans = planClients({
    streams,
    buyers: scenario.buyers,
    firstUserId: FIRST_USER_ID,
    arrival: "poisson",
    durationMs: conditions.arrivalMs,
    partySizes: rules ? RULE_PARTIES : PARTY_SIZES,
    abandonShare: conditions.abandonShare,
    retryShare: conditions.retryShare,
    chargeShare: CHARGE_SHARE,
    patienceMs: PATIENCE_MS,
  });
  const only = schedule.buyers;
  return only ? plans.filter(({ index }) => only.has(index)) : plans;
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

  function noteRequest({ path, body, idempotencyKey }: TransportRequest): void {
    if (path !== "/points/charge") return;
    const { userId, amount } = charge.parse(body);
    const name = `${userId} ${idempotencyKey}`;
    if (keys.has(name)) return;
    keys.add(name);
    charges.set(userId, (charges.get(userId) ?? 0) + amount);
  }

  function noteAnswer({ path }: TransportRequest, answer: TransportAnswer): void {
    const buyer = currentActor();
    if (!buyer || path !== PAY_PATH || answer.kind !== "accepted") return;
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
