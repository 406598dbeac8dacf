import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { CONCERT_ID, waitForAdmission } from "./lib/buyer.ts";
import { LOOK_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 6,000 users join, wait, and look at the dates of a concert. */
const scenario: LoadScenario = {
  name: "concertDates",
  stages: inProfile([
    { seconds: 30, users: 100 },
    { seconds: 60, users: 1000 },
    { seconds: 60, users: 3000 },
    { seconds: 60, users: 6000 },
    { seconds: 60, users: 0 },
  ]),
  steps: ["join", "poll", "concerts", "dates"],
  limits: { ...LOOK_LIMITS, averageMs: 500 },
};

const USERS = 6000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function listDates(): void {
  const token = waitForAdmission(send, randomInt(1, USERS));
  if (token === undefined) return;
  send("concerts", { method: "GET", path: "/concerts", token });
  send("dates", { method: "GET", path: `/concerts/${CONCERT_ID}/available-dates`, token });
  sleep(randomSeconds(1, 5));
}
