import { sleep } from "k6";
import exec from "k6/execution";
import { Counter } from "k6/metrics";
import { apiOf } from "./lib/api.ts";
import { buyOneSeat } from "./lib/buyer.ts";
import { PURCHASE_LIMITS } from "./lib/limits.ts";
import { inProfile, isFull } from "./lib/profile.ts";
import { randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 1,000 users want to buy one of 100 seats. Each seat must be paid once. */
const scenario: LoadScenario = {
  name: "payment",
  stages: inProfile([
    { seconds: 30, users: 100 },
    { seconds: 60, users: 1000 },
    { seconds: 60, users: 1000 },
    { seconds: 30, users: 0 },
  ]),
  steps: ["join", "poll", "seats", "hold", "charge", "pay"],
  limits: PURCHASE_LIMITS,
};

const THINK_SECONDS = 2;
const payments: Counter = new Counter("payments");
/** The seats of the hall: fewer than visits, so that all of them are sold. */
const SEATS = Number(__ENV.SEATS ?? (isFull ? 100 : 20));

const common = optionsOf(scenario);
export const options = {
  ...common,
  thresholds: { ...common.thresholds, payments: [`count==${SEATS}`] },
};
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

/** Each visit is that of another user. */
export default function buySeat(): void {
  const userId = 1 + exec.scenario.iterationInTest;
  if (buyOneSeat(send, userId, THINK_SECONDS)) payments.add(1);
  sleep(randomSeconds(1, 3));
}
