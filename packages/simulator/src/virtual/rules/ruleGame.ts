import type { CoreContext } from "@onsale/core";
import type { AcknowledgedLog } from "../../actors/acknowledgedLog.ts";
import type { Transport } from "../../actors/transport.ts";
import type { ReplayMismatch } from "../../measure/recorder.ts";
import type { OperatorAccess } from "../operatorTask.ts";
import type { ProvenPlace } from "../provenPlace.ts";
import type { RunPlan } from "../runPlan.ts";
import { buyerName, FIRST_USER_ID } from "../scenario.ts";
import type { VirtualSale } from "../setUpVirtualSale.ts";
import type { Violation } from "../violations.ts";
import { virtualClock } from "../virtualClock.ts";
import type { Network } from "../virtualLink.ts";
import { type BoxOffice, boxOffice } from "./boxOffice.ts";
import { type BuyerHabits, habitsOf } from "./habits.ts";
import { type HabitualBuyers, habitualBuyers } from "./habitualBuyers.ts";
import { checkRules, type RuleRows } from "./ruleChecker.ts";
import { RuleFacts } from "./ruleFacts.ts";
import { ruleListener } from "./ruleListener.ts";
import { type MarkCounts, MarkLog } from "./ruleMarks.ts";
import type { SaleRules } from "./saleRules.ts";

export interface RuleGameOptions extends OperatorAccess {
  readonly sale: VirtualSale;
  /** A core that reads the stores without waiting for a step of the scheduler. */
  readonly observer: CoreContext;
  placeOf(token: string): ProvenPlace;
}

/** The rules of one virtual sale: its operators, and the parts that the clients need. */
export interface RuleGame {
  readonly boxOffice: Pick<BoxOffice, "start" | "isDone">;
  /** Wraps the transport to the API: the game hears all requests and answers. */
  hear(transport: Transport): Transport;
  /** Adds the habits of the buyers to what they send through the transport. */
  addHabits(transport: Transport, acknowledged: AcknowledgedLog): HabitualBuyers;
  /** Whether an operator closes the sale for some time. */
  readonly closesSale: boolean;
  redisLost(): void;
  /** Whether a rule explains that two answers to one key, or without a key, differ. */
  explains(mismatch: ReplayMismatch): boolean;
  violations(rows: Omit<RuleRows, "holdMsMax">): readonly Violation[];
  marks(): MarkCounts;
}

/** Makes the rules of one sale; undefined for a plain sale. */
export function ruleGame(
  plan: RunPlan,
  network: Network,
  options: RuleGameOptions,
): RuleGame | undefined {
  return plan.rules && gameBy(plan.rules, plan, network, options);
}

function gameBy(
  rules: SaleRules,
  { streams, config }: RunPlan,
  network: Network,
  { sale, observer, placeOf, ...access }: RuleGameOptions,
): RuleGame {
  const facts = new RuleFacts();
  const marks = new MarkLog();
  const clock = virtualClock(network.scheduler, network.stalls.owner);
  const habits = habitTable((buyer) => habitsOf(streams, buyer));
  const { performanceId, hall } = sale;
  const office = boxOffice(network, {
    ...{ rules, streams, facts, marks, performanceId, hall, nowMs: clock.nowMs },
    ...access,
    blockedNow: async () =>
      (await observer.seats.blocks(null, performanceId)).map(({ seatNo }) => seatNo),
  });
  const accessible = hall.filter((seat) => seat.accessible === true).map(({ id }) => id);
  return {
    boxOffice: office,
    hear: (transport) =>
      ruleListener({
        ...{ transport, facts, marks, placeOf, habitsOf: habits },
        ...{ nowMs: clock.nowMs, sleep: clock.sleep },
        accessibleSeatIds: new Set(accessible),
        opensAtMs: sale.opensAtMs,
        ...{ meets: office, onHold: office.held, onPaid: office.paid },
      }),
    addHabits: (transport, acknowledged) =>
      habitualBuyers({
        ...{ transport, clock, streams, acknowledged, placeOf, habitsOf: habits },
        ...{ seatIds: hall.map(({ id }) => id), accessibleSeatIds: accessible },
      }),
    closesSale: rules.closure !== undefined,
    redisLost() {
      facts.redisLostMs = clock.nowMs();
    },
    explains: (mismatch) => isExplained(mismatch, facts, habits),
    violations(rows) {
      const { ttlMs, extensionMaxMs } = config.core.hold;
      checkRules(rules, facts, { ...rows, holdMsMax: ttlMs + extensionMaxMs });
      return facts.violations;
    },
    marks: () => marks.counts,
  };
}

/** Draws the habits of each buyer once. */
function habitTable(draw: (buyer: string) => BuyerHabits): (buyer: string) => BuyerHabits {
  const known = new Map<string, BuyerHabits>();
  return (buyer) => {
    const found = known.get(buyer) ?? draw(buyer);
    known.set(buyer, found);
    return found;
  };
}

/**
 * Without a key, a hold that is over does not answer its repetition, which begins another hold. And
 * a payment that lacked points can succeed when an operator has given back a part meanwhile.
 */
function isExplained(
  { phase, userId, first, second }: ReplayMismatch,
  { usersWithParts }: RuleFacts,
  habits: (buyer: string) => BuyerHabits,
): boolean {
  if (phase === "reserve") return habits(buyerName(userId - FIRST_USER_ID)).isKeyless;
  const isAboutPoints = [first, second].includes("INSUFFICIENT_POINTS");
  return phase === "pay" && isAboutPoints && usersWithParts.has(userId);
}
