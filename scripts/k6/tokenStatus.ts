import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { waitForAdmission } from "./lib/buyer.ts";
import { LOOK_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 3,000 users join and ask for their place until they are active. */
const scenario: LoadScenario = {
  name: "tokenStatus",
  stages: inProfile([
    { seconds: 30, users: 500 },
    { seconds: 60, users: 1500 },
    { seconds: 60, users: 2500 },
    { seconds: 60, users: 3000 },
    { seconds: 60, users: 3000 },
    { seconds: 60, users: 0 },
  ]),
  steps: ["join", "poll"],
  limits: LOOK_LIMITS,
};

/** So many ids that hardly any user is already active. */
const USERS = 1_000_000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function watchPlace(): void {
  waitForAdmission(send, randomInt(1, USERS));
  sleep(randomSeconds(1, 3));
}
