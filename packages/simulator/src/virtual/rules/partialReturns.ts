import { below, chance, type RandomStreams } from "../../chance/seededRandom.ts";
import type { GiveOrder } from "./orders.ts";
import type { RuleFacts } from "./ruleFacts.ts";
import type { ShownPurchase } from "./ruleListener.ts";
import type { MarkLog } from "./ruleMarks.ts";

export interface PartialReturnsOptions {
  readonly streams: RandomStreams;
  readonly facts: RuleFacts;
  readonly marks: MarkLog;
  readonly give: GiveOrder;
  sleep(ms: number): Promise<void>;
  /** The share of the holds of several seats that give back a part. All payments do. */
  readonly share: number;
}

/** A job that meets a request of its buyer: the request waits, so that both reach the database. */
export interface Meeting {
  readonly waitMs: number;
  task(): Promise<void>;
}

export interface PartialReturns {
  /** Gives back a part of a hold, now and then. */
  ofHold(buyer: string, hold: ShownPurchase): Promise<void>;
  /** Refunds a part of a payment, now and then. */
  ofPayment(buyer: string, payment: ShownPurchase): Promise<void>;
  atPayment(reservationId: number): Meeting | undefined;
  atExtension(reservationId: number): Meeting | undefined;
  atRefund(paymentId: number): Meeting | undefined;
}

/** A part leaves a hold within this time after it began, ms: also after its end. */
const HOLD_PART_MS_MAX = 4_000;
const PAYMENT_PART_MS_MAX = 5_000;
/** The share of the parts that meet the payment, or the refund of the whole. */
const MEETING_SHARE = 0.7;
/** The share of the meetings with a hold that meet an extension instead of the payment. */
const EXTENSION_SHARE = 0.35;
/** The longest time that a request waits for the job that it meets, ms. */
export const MEETING_MS_MAX = 16;
/** A refund of a part reads more before it locks. */
const REFUND_MEETING_MS_MAX = 24;

/** Makes the operators who give back seats of holds and payments. */
export function partialReturns(options: PartialReturnsOptions): PartialReturns {
  const { streams, facts, marks, give, sleep } = options;
  const atPayment = new Map<number, Meeting>();
  const atExtension = new Map<number, Meeting>();
  const atRefund = new Map<number, Meeting>();

  /** Draws whether, when and which seats leave. The last seat cannot leave alone. */
  function drawn(kind: "hold" | "payment", buyer: string, { id, seats }: ShownPurchase) {
    const random = streams(`part of ${kind} ${id} of ${buyer}`);
    const isChosen = chance(random, kind === "payment" ? 1 : options.share);
    const isMeeting = chance(random, MEETING_SHARE);
    const when = random.next();
    const leaving = seats.slice(0, 1 + below(random, Math.max(1, seats.length - 1)));
    const meetings = chance(random, EXTENSION_SHARE) ? atExtension : atPayment;
    return { isReturned: isChosen && seats.length > 1, isMeeting, meetings, when, leaving };
  }

  async function returnOfHold(reservationId: number, leaving: ShownPurchase["seats"]) {
    const userId = facts.holds.get(reservationId)?.userId;
    if (userId !== undefined) facts.usersWithParts.add(userId);
    const changed = await give({
      name: `release-${reservationId}`,
      operation: "reservation.release",
      input: { reservationId, seats: leaving.map(({ seatNo }) => seatNo) },
      confirmation: String(reservationId),
    });
    if (!changed) return;
    marks.reach("part of a hold");
    const seatIds = leaving.map(({ seatId }) => seatId);
    facts.givenBack.push({ reservationId, seatIds });
  }

  async function refundOfPart(paymentId: number, leaving: ShownPurchase["seats"]) {
    const changed = await give({
      name: `refund-${paymentId}`,
      operation: "payment.refund",
      input: { paymentId, seats: leaving.map(({ seatNo }) => seatNo) },
      confirmation: String(paymentId),
    });
    if (!changed) return;
    marks.reach("part of a payment");
    facts.partlyRefunded.add(paymentId);
  }

  return {
    async ofHold(buyer, hold) {
      const { isReturned, isMeeting, meetings, when, leaving } = drawn("hold", buyer, hold);
      if (!isReturned) return;
      const task = () => returnOfHold(hold.id, leaving);
      if (isMeeting) return void meetings.set(hold.id, { waitMs: when * MEETING_MS_MAX, task });
      await sleep(when * HOLD_PART_MS_MAX);
      await task();
    },

    async ofPayment(buyer, payment) {
      const { isReturned, isMeeting, when, leaving } = drawn("payment", buyer, payment);
      if (!isReturned) return;
      const task = () => refundOfPart(payment.id, leaving);
      if (isMeeting)
        return void atRefund.set(payment.id, { waitMs: when * REFUND_MEETING_MS_MAX, task });
      await sleep(when * PAYMENT_PART_MS_MAX);
      await task();
    },

    atPayment: (reservationId) => take(atPayment, reservationId),
    atExtension: (reservationId) => take(atExtension, reservationId),
    atRefund: (paymentId) => take(atRefund, paymentId),
  };
}

/** A job meets only the first request. */
function take(meetings: Map<number, Meeting>, id: number): Meeting | undefined {
  const meeting = meetings.get(id);
  meetings.delete(id);
  return meeting;
}
