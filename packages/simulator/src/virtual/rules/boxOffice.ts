import { below, type RandomStreams } from "../../chance/seededRandom.ts";
import type { OperatorAccess } from "../operatorTask.ts";
import type { Network } from "../virtualLink.ts";
import { giveOrders, type Order } from "./orders.ts";
import { MEETING_MS_MAX, type Meeting, partialReturns } from "./partialReturns.ts";
import type { ForbiddenTime, RuleFacts } from "./ruleFacts.ts";
import type { Meetings, ShownPurchase } from "./ruleListener.ts";
import type { MarkLog } from "./ruleMarks.ts";
import type { Period, SaleRules } from "./saleRules.ts";

export interface BoxOfficeOptions extends OperatorAccess {
  readonly rules: SaleRules;
  readonly streams: RandomStreams;
  readonly facts: RuleFacts;
  readonly marks: MarkLog;
  readonly performanceId: number;
  readonly hall: readonly { readonly id: number; readonly seatNo: string }[];
  /** By the clock of the servers, ms since the epoch. */
  nowMs(): number;
  /** The numbers of the seats that are kept back at this moment. */
  blockedNow(): Promise<readonly string[]>;
}

/**
 * The operators of a sale with rules. They keep seats back, close the sale, and give back a part of
 * holds and payments, while buyers hold, pay, extend, cancel and refund them.
 */
export interface BoxOffice extends Meetings {
  start(): void;
  held(buyer: string, hold: ShownPurchase): void;
  paid(buyer: string, payment: ShownPurchase): void;
  /** Returns true when every job has ended. */
  isDone(): boolean;
}

type Block = SaleRules["blocks"][number];

/** How long a block waits for a hold of the seats that it then takes, ms. */
const HOLD_WAIT_MS_MAX = 1_500;

/** Makes the box office of one sale. */
export function boxOffice(network: Network, options: BoxOfficeOptions): BoxOffice {
  const { rules, streams, facts, marks, performanceId, hall, nowMs } = options;
  const { scheduler, stalls } = network;
  const give = giveOrders(network, streams, options);
  const sleep = (ms: number) => scheduler.sleep(stalls.owner, ms);
  const share = rules.partShare;
  const parts = partialReturns({ streams, facts, marks, give, sleep, share });
  const nextHold = holdWatch(sleep);
  const jobs = new OpenJobs();

  /** Gives an order, forbids holds until the order that ends it, and gives this order. */
  async function forbid(
    { lastsMs }: Period,
    rule: ForbiddenTime["rule"],
    [first, second]: readonly [Order, Order],
    seatIdsOf: () => Promise<ForbiddenTime["seatIds"]>,
  ): Promise<void> {
    if ((await give(first)) === undefined) return;
    facts.forbid({ rule, seatIds: await seatIdsOf() }, nowMs());
    await sleep(lastsMs);
    const end = facts.beginToAllow(rule, nowMs());
    const changed = await give(second);
    end();
    if (rule === "seat kept back" && changed) marks.reach("seat returned");
  }

  async function closeSale(period: Period): Promise<void> {
    await sleep(period.atMs);
    const close = { name: "close", operation: "performance.close", input: { performanceId } };
    const input = { performanceId, changes: { saleClosesAt: null } };
    const reopen = { name: "reopen", operation: "performance.edit", input };
    await forbid(period, "sale closed", [close, reopen], async () => undefined);
  }

  /** Keeps seats back at the moment at which a buyer holds them, or some seats when none comes. */
  async function blockSeats(block: Block, at: number): Promise<void> {
    await sleep(block.atMs);
    const first = below(streams(`block ${at}`), hall.length);
    const held = await nextHold.wait();
    const some = hall.slice(first, first + block.seatCount);
    const chosen = held ? hall.filter(({ id }) => held.includes(id)) : some;
    const input = { performanceId, seats: chosen.map(({ seatNo }) => seatNo) };
    const withReason = { ...input, reason: "virtual camera" };
    const keep = { name: `block-${at}`, operation: "seats.block", input: withReason };
    const back = { name: `unblock-${at}`, operation: "seats.unblock", input };
    await forbid(block, "seat kept back", [keep, back], async () => {
      const blocked = await options.blockedNow();
      return new Set(chosen.flatMap(({ id, seatNo }) => (blocked.includes(seatNo) ? [id] : [])));
    });
  }

  return {
    start() {
      const { closure, blocks } = rules;
      if (closure) void jobs.begin(() => closeSale(closure));
      for (const [at, block] of blocks.entries()) void jobs.begin(() => blockSeats(block, at));
    },
    held: (buyer, hold) => void jobs.begin(() => parts.ofHold(buyer, hold)),
    paid: (buyer, payment) => void jobs.begin(() => parts.ofPayment(buyer, payment)),
    holding: (seatIds) => (nextHold.note(seatIds) ? waitOf(streams, seatIds, nowMs()) : 0),
    paying: (reservationId) => jobs.meet(parts.atPayment(reservationId)),
    extending: (reservationId) => jobs.meet(parts.atExtension(reservationId)),
    refunding: (paymentId) => jobs.meet(parts.atRefund(paymentId)),
    isDone: () => jobs.areOver,
  };
}

/** The jobs of the box office that have not ended. */
class OpenJobs {
  #count = 0;

  get areOver(): boolean {
    return this.#count === 0;
  }

  async begin(task: () => Promise<void>): Promise<void> {
    this.#count += 1;
    await task();
    this.#count -= 1;
  }

  /** Begins the job that meets a request. @returns how long the request waits, ms */
  meet(meeting: Meeting | undefined): number {
    if (meeting) void this.begin(meeting.task);
    return meeting?.waitMs ?? 0;
  }
}

/** How long a hold waits for the block of its seats, ms. */
function waitOf(streams: RandomStreams, seatIds: readonly number[], nowMs: number): number {
  return streams(`hold of ${seatIds.join(",")} at ${nowMs}`).next() * MEETING_MS_MAX;
}

/** Lets a block wait for the next hold, and take its seats. */
function holdWatch(sleep: (ms: number) => Promise<void>) {
  const waiting: ((seatIds: readonly number[]) => void)[] = [];
  return {
    /** @returns whether a block waited for this hold */
    note(seatIds: readonly number[]): boolean {
      const first = waiting.shift();
      first?.(seatIds);
      return first !== undefined;
    },
    /** @returns the seats of the next hold; undefined when none comes in time */
    async wait(): Promise<readonly number[] | undefined> {
      let found: readonly number[] | undefined;
      const noted = new Promise<void>((resolve) => {
        const take = (seatIds: readonly number[]): void => {
          found = seatIds;
          resolve();
        };
        waiting.push(take);
        void sleep(HOLD_WAIT_MS_MAX).then(() => {
          const at = waiting.indexOf(take);
          if (at >= 0) waiting.splice(at, 1);
          resolve();
        });
      });
      await noted;
      return found;
    },
  };
}
