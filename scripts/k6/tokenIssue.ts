import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { join } from "./lib/buyer.ts";
import { LOOK_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Each minute 1,000 more users ask for a queue token again and again, up to 10,000 users. */
const scenario: LoadScenario = {
  name: "tokenIssue",
  stages: inProfile([
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((thousands) => ({
      seconds: 60,
      users: thousands * 1000,
    })),
    { seconds: 60, users: 10_000 },
    { seconds: 60, users: 0 },
  ]),
  steps: ["join"],
  limits: LOOK_LIMITS,
};

const USERS = 10_000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function issueToken(): void {
  join(send, randomInt(1, USERS));
  sleep(randomSeconds(0.1, 0.5));
}
