import { z } from "zod";
import { placeAnswer, problemAnswer } from "../../actors/answers.ts";
import { HOLD_PATH, PAY_PATH, payBody, SEAT_LIST_PATH } from "../../actors/requests.ts";
import type { Transport, TransportAnswer, TransportRequest } from "../../actors/transport.ts";
import { currentActor } from "../actor.ts";
import type { ProvenPlace } from "../provenPlace.ts";
import type { BuyerHabits } from "./habits.ts";
import type { KnownHold, RuleFacts } from "./ruleFacts.ts";
import type { MarkLog } from "./ruleMarks.ts";

/** A reservation or a payment, as an answer shows it to its buyer. */
export interface ShownPurchase {
  readonly id: number;
  readonly seats: readonly { readonly seatId: number; readonly seatNo: string }[];
}

/** Begins the job that meets a request. @returns how long the request waits for it, ms */
export interface Meetings {
  holding(seatIds: readonly number[]): number;
  paying(reservationId: number): number;
  extending(reservationId: number): number;
  refunding(paymentId: number): number;
}

export interface RuleListenerOptions {
  readonly transport: Transport;
  readonly facts: RuleFacts;
  readonly marks: MarkLog;
  /** By the clock of the servers, ms since the epoch. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  placeOf(token: string): ProvenPlace;
  habitsOf(buyer: string): BuyerHabits;
  readonly accessibleSeatIds: ReadonlySet<number>;
  /** The sale is open from this time on, ms since the epoch. */
  readonly opensAtMs: number;
  /** Called once for each hold and each payment. */
  onHold(buyer: string, hold: ShownPurchase): void;
  readonly meets: Meetings;
  onPaid(buyer: string, payment: ShownPurchase): void;
}

/** A request with its sender and the time at which it was sent. */
interface Sent {
  readonly buyer: string;
  readonly request: TransportRequest;
  readonly sentMs: number;
  /** Whether it is an extension that was sent after the end of its hold. */
  readonly isLate: boolean;
}

const seats = z.array(z.object({ seatId: z.number(), seatNo: z.string() }));
const held = z.object({ reservationId: z.number(), seats, expiresAt: z.iso.datetime() });
const extended = z.object({ expiresAt: z.iso.datetime(), latestExpiresAt: z.iso.datetime() });
const paid = z.object({
  ...{ paymentId: z.number(), reservationId: z.number(), seats },
  price: z.number(),
});
const refunded = z.object({ paymentId: z.number(), refunded: z.number() });
const holdBody = z.object({ seatIds: z.array(z.number()), accessible: z.boolean().optional() });
const listed = z.object({ seats: z.array(z.object({ seatId: z.number() })) });

const EXTEND = /^\/reservations\/(\d+)\/extend$/;
const REFUND = /^\/payments\/(\d+)\/refund$/;

/**
 * Hears every request and answer of the clients, and checks the answers that a rule forbids. It
 * judges only what no order of the requests excuses: a request that was sent after an operator's
 * change was acknowledged, and was answered before the end of the change was requested.
 */
export function ruleListener(options: RuleListenerOptions): Transport {
  const { transport, marks, nowMs, facts } = options;
  const asked = new FirstRequests();
  const onHold = holdListener(options, asked);
  const onPayment = paymentListener(options);

  function listen(sent: Sent, answer: TransportAnswer): void {
    const { request } = sent;
    if (request.path === HOLD_PATH) onHold(sent, answer);
    else if (request.path === PAY_PATH || REFUND.test(request.path)) onPayment(sent, answer);
    else if (EXTEND.test(request.path)) listenToExtension(options, sent, answer);
    else if (request.path === "/queue/tokens/me") listenToPlace(options, sent, answer);
    else if (SEAT_LIST_PATH.test(request.path)) listenToList(options, sent, answer);
    if (answer.kind !== "refused") return;
    const { data } = problemAnswer.safeParse(answer.body);
    if (data?.code === "RESERVATION_CHANGED") marks.reach("price changed");
    if (data?.code === "HOLD_EXPIRED") checkEnd(facts, reservationOf(request), nowMs());
  }

  return {
    ...transport,
    async send(target, request) {
      const buyer = currentActor()?.name ?? "";
      const sentMs = nowMs();
      const sent = { buyer, request, sentMs, isLate: beginExtension(facts, request, sentMs) };
      if (request.path === HOLD_PATH) asked.note(sent);
      const waitMs = meetingMs(options.meets, request);
      if (waitMs > 0) await options.sleep(waitMs);
      const answer = await transport.send(target, request);
      listen(sent, answer);
      return answer;
    },
  };
}

/** When each buyer first asked for a set of seats. A repetition can be an earlier request. */
class FirstRequests {
  readonly #sentMs = new Map<string, number>();

  note({ buyer, request, sentMs }: Sent): void {
    const name = this.#nameOf(buyer, holdBody.parse(request.body).seatIds);
    if (!this.#sentMs.has(name)) this.#sentMs.set(name, sentMs);
  }

  sentMs({ buyer, sentMs }: Sent, seatIds: readonly number[]): number {
    return this.#sentMs.get(this.#nameOf(buyer, seatIds)) ?? sentMs;
  }

  #nameOf(buyer: string, seatIds: readonly number[]): string {
    return `${buyer} ${seatIds.toSorted((a, b) => a - b).join(",")}`;
  }
}

function meetingMs(meets: Meetings, request: TransportRequest): number {
  const { path, body } = request;
  if (path === HOLD_PATH) return meets.holding(holdBody.parse(body).seatIds);
  if (path === PAY_PATH) return meets.paying(reservationOf(request));
  if (EXTEND.test(path)) return meets.extending(reservationOf(request));
  const [, paymentId] = REFUND.exec(path) ?? [];
  return paymentId === undefined ? 0 : meets.refunding(Number(paymentId));
}

/** The refusals of a hold that are marks. */
const HOLD_REFUSALS: ReadonlyMap<string, Parameters<MarkLog["reach"]>[0]> = new Map([
  ["SEAT_LIMIT_REACHED", "limit of a buyer"],
  ["SEAT_BLOCKED", "seat kept back"],
  ["SEAT_ACCESSIBLE_ONLY", "accessible seat refused"],
  ["SALE_NOT_OPEN", "sale not open"],
  ["SALE_CLOSED", "sale closed"],
]);

function holdListener(options: RuleListenerOptions, asked: FirstRequests) {
  const { facts, marks, nowMs, habitsOf, accessibleSeatIds, opensAtMs } = options;

  /** A hold that began before a rule applied is no violation, and neither is its repetition. */
  function checkHold(sent: Sent, seatIds: readonly number[], reservationId: number): void {
    const ids = { buyer: sent.buyer, reservationId };
    const now = nowMs();
    if (now < opensAtMs) facts.found("a hold was accepted before the sale was open", ids);
    const firstMs = asked.sentMs(sent, seatIds);
    for (const time of facts.forbidden) {
      const isAbout = !time.seatIds || seatIds.some((id) => time.seatIds?.has(id));
      if (!isAbout || firstMs <= time.fromMs || now >= time.untilMs) continue;
      facts.found(`a hold was accepted while a rule forbids it: ${time.rule}`, ids);
    }
    const special = seatIds.filter((id) => accessibleSeatIds.has(id));
    if (special.length === 0) return;
    if (habitsOf(sent.buyer).isGuest) marks.reach("accessible seat held");
    else facts.found("a buyer who asked for none holds an accessible seat", ids);
  }

  return (sent: Sent, answer: TransportAnswer): void => {
    if (answer.kind === "refused") {
      const { data } = problemAnswer.safeParse(answer.body);
      const mark = HOLD_REFUSALS.get(data?.code ?? "");
      if (mark) marks.reach(mark);
    }
    if (answer.kind !== "accepted") return;
    const { reservationId, seats, expiresAt } = held.parse(answer.data);
    const { seatIds } = holdBody.parse(sent.request.body);
    const known = facts.holds.get(reservationId);
    const expiresMs = Date.parse(expiresAt);
    if (known) {
      known.promisedMs = Math.max(known.promisedMs, expiresMs);
      if (sent.request.idempotencyKey === undefined) marks.reach("hold without a key");
      return;
    }
    checkHold(sent, seatIds, reservationId);
    const userId = options.placeOf(sent.request.token ?? "").userId;
    const ends = { firstExpiresMs: expiresMs, promisedMs: expiresMs, openExtensions: 0 };
    const hold: KnownHold = { userId, seatIds, ...ends };
    facts.holds.set(reservationId, hold);
    options.onHold(sent.buyer, { id: reservationId, seats });
  };
}

function paymentListener(options: RuleListenerOptions) {
  const { facts, marks, nowMs } = options;
  const known = new Set<number>();

  function listenToPaid({ buyer, request }: Sent, data: unknown): void {
    const { paymentId, reservationId, price, seats } = paid.parse(data);
    if (known.has(paymentId)) {
      if (request.idempotencyKey === undefined) marks.reach("payment without a key");
      return;
    }
    known.add(paymentId);
    if (price === 0) marks.reach("free seats paid");
    const hold = facts.holds.get(reservationId);
    if (hold && nowMs() > hold.firstExpiresMs && hold.promisedMs > hold.firstExpiresMs) {
      marks.reach("paid after extension");
    }
    options.onPaid(buyer, { id: paymentId, seats });
  }

  return (sent: Sent, answer: TransportAnswer): void => {
    if (answer.kind !== "accepted") return;
    if (sent.request.path === PAY_PATH) {
      listenToPaid(sent, answer.data);
      return;
    }
    const refund = refunded.parse(answer.data);
    if (facts.partlyRefunded.has(refund.paymentId)) marks.reach("rest of a payment");
    else if (refund.refunded === 0) marks.reach("free seats refunded");
  };
}

/** Counts an extension. @returns whether its hold is over, and no other one can be under way */
function beginExtension({ holds }: RuleFacts, request: TransportRequest, now: number): boolean {
  const hold = EXTEND.test(request.path) ? holds.get(reservationOf(request)) : undefined;
  if (!hold) return false;
  const isLate = hold.openExtensions === 0 && now > hold.promisedMs;
  hold.openExtensions += 1;
  return isLate;
}

function listenToExtension(
  { facts, marks }: RuleListenerOptions,
  { request, isLate }: Sent,
  answer: TransportAnswer,
): void {
  const reservationId = reservationOf(request);
  const hold = facts.holds.get(reservationId);
  if (hold && answer.kind !== "failed") hold.openExtensions -= 1;
  if (answer.kind === "refused") {
    const { data } = problemAnswer.safeParse(answer.body);
    if (data?.code === "HOLD_EXTENSION_LIMIT") marks.reach("extension refused");
  }
  if (answer.kind !== "accepted" || !hold) return;
  const { expiresAt, latestExpiresAt } = extended.parse(answer.data);
  if (isLate) facts.found("a hold was extended after its end", { reservationId });
  const expiresMs = Date.parse(expiresAt);
  hold.promisedMs = Math.max(hold.promisedMs, expiresMs);
  if (expiresMs > hold.firstExpiresMs) marks.reach("hold extended");
  if (expiresMs <= Date.parse(latestExpiresAt)) return;
  facts.found("a hold was extended beyond its latest end", { reservationId, expiresAt });
}

function listenToPlace(
  { facts, marks, nowMs, placeOf }: RuleListenerOptions,
  { request, sentMs }: Sent,
  answer: TransportAnswer,
): void {
  const { userId, sequence } = placeOf(request.token ?? "");
  if (request.method === "DELETE") {
    const isNew = answer.kind === "accepted" && !facts.left.has(sequence);
    if (isNew) facts.left.set(sequence, { userId, sequence, atMs: nowMs() });
    return;
  }
  const left = facts.left.get(sequence);
  if (!left || sentMs <= left.atMs) return;
  const isAfterLoss = left.atMs < facts.redisLostMs && facts.redisLostMs < sentMs;
  if (answer.kind === "refused") marks.reach(isAfterLoss ? "left place lost" : "left place asked");
  if (answer.kind !== "accepted") return;
  const { token } = placeAnswer.parse(answer.data);
  const isBack = placeOf(token).sequence === sequence;
  if (isBack) facts.found("a left place came back", { userId, sequence });
}

/** A list without accessible seats is for buyers who asked for none. */
function listenToList(
  { facts, accessibleSeatIds }: RuleListenerOptions,
  { buyer, request }: Sent,
  answer: TransportAnswer,
): void {
  if (answer.kind !== "accepted" || request.path.endsWith("?accessible=true")) return;
  const seatIds = listed.parse(answer.data).seats.map(({ seatId }) => seatId);
  if (!seatIds.some((id) => accessibleSeatIds.has(id))) return;
  facts.found("a list has an accessible seat for a buyer who asked for none", { buyer });
}

/** A hold ends at the end that its answers promised, never before. */
function checkEnd(facts: RuleFacts, reservationId: number, now: number): void {
  const hold = facts.holds.get(reservationId);
  if (!hold || now >= hold.promisedMs) return;
  const promised = new Date(hold.promisedMs).toISOString();
  facts.found("a hold was over before the end that an answer promised", {
    ...{ reservationId, promised },
  });
}

function reservationOf({ path, body }: TransportRequest): number {
  const [, id] = EXTEND.exec(path) ?? [];
  return id === undefined ? (payBody.safeParse(body).data?.reservationId ?? -1) : Number(id);
}
