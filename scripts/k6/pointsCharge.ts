import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { charge } from "./lib/buyer.ts";
import { MONEY_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Before an on-sale, up to 1,000 users charge points, several times a second each. */
const scenario: LoadScenario = {
  name: "pointsCharge",
  stages: inProfile([
    { seconds: 30, users: 50 },
    { seconds: 60, users: 1000 },
    { seconds: 180, users: 1000 },
    { seconds: 60, users: 200 },
  ]),
  steps: ["charge"],
  limits: MONEY_LIMITS,
};

const ACCOUNTS = 1000;
const AMOUNT_MIN = 10_000;
const AMOUNT_MAX = 300_000;
const PAUSE_SECONDS_MAX = 0.5;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function chargePoints(): void {
  charge(send, randomInt(1, ACCOUNTS), randomInt(AMOUNT_MIN, AMOUNT_MAX));
  sleep(randomSeconds(0, PAUSE_SECONDS_MAX));
}
