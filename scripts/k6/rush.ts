import exec from "k6/execution";
import { Counter } from "k6/metrics";
import { apiOf } from "./lib/api.ts";
import { buyOneSeat } from "./lib/buyer.ts";
import { PURCHASE_LIMITS } from "./lib/limits.ts";
import { usersInProfile } from "./lib/profile.ts";
import { type LoadScenario, oneVisitOptions } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** All users arrive together and want one seat each. There are four times as many as seats. */
const scenario: LoadScenario = {
  name: "rush",
  stages: [{ seconds: 120, users: usersInProfile(2000) }],
  steps: ["join", "poll", "seats", "hold", "charge", "pay"],
  limits: PURCHASE_LIMITS,
};

const THINK_SECONDS = 2;
const SEATS = Number(__ENV.SEATS ?? usersInProfile(500));
const payments: Counter = new Counter("payments");

const common = oneVisitOptions(scenario);
export const options = {
  ...common,
  thresholds: { ...common.thresholds, payments: [`count==${SEATS}`] },
};
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function buyOnce(): void {
  if (buyOneSeat(send, exec.vu.idInTest, THINK_SECONDS)) payments.add(1);
}
