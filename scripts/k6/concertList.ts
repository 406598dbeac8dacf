import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { waitForAdmission } from "./lib/buyer.ts";
import { LOOK_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 2,000 users join, wait, and look at a list of 100 concerts. */
const scenario: LoadScenario = {
  name: "concertList",
  stages: inProfile([
    { seconds: 30, users: 100 },
    { seconds: 60, users: 1000 },
    { seconds: 60, users: 2000 },
    { seconds: 60, users: 0 },
  ]),
  steps: ["join", "poll", "concerts"],
  limits: { ...LOOK_LIMITS, averageMs: 500 },
};

const USERS = 2000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function listConcerts(): void {
  if (waitForAdmission(send, randomInt(1, USERS)) === undefined) return;
  send("concerts", { method: "GET", path: "/concerts?limit=100" });
  sleep(randomSeconds(5, 15));
}
