import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { LOOK_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 6,000 users look at their balance every one to three seconds. */
const scenario: LoadScenario = {
  name: "pointsRead",
  stages: inProfile([
    { seconds: 30, users: 100 },
    { seconds: 60, users: 1000 },
    { seconds: 60, users: 3000 },
    { seconds: 60, users: 6000 },
    { seconds: 60, users: 6000 },
    { seconds: 60, users: 0 },
  ]),
  steps: ["balance"],
  limits: LOOK_LIMITS,
};

const ACCOUNTS = 1000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function readBalance(): void {
  send("balance", { method: "GET", path: `/points/current/${randomInt(1, ACCOUNTS)}` });
  sleep(randomSeconds(1, 3));
}
