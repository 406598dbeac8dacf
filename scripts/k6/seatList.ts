import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { CONCERT_ID, freeSeats, waitForAdmission } from "./lib/buyer.ts";
import { PURCHASE_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 4,000 users join, wait, and look at the concerts, the dates and the 100 seats. */
const scenario: LoadScenario = {
  name: __ENV.SCENARIO ?? "seatList",
  stages: inProfile([
    { seconds: 30, users: 100 },
    { seconds: 240, users: 4000 },
    { seconds: 60, users: 4000 },
    { seconds: 60, users: 0 },
  ]),
  steps: ["join", "poll", "concerts", "dates", "seats"],
  limits: PURCHASE_LIMITS,
};

const USERS = 6000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function lookAtSeats(): void {
  const token = waitForAdmission(send, randomInt(1, USERS));
  if (token === undefined) return;
  sleep(randomSeconds(1, 5));
  send("concerts", { method: "GET", path: "/concerts", token });
  sleep(randomSeconds(1, 5));
  send("dates", { method: "GET", path: `/concerts/${CONCERT_ID}/available-dates`, token });
  sleep(randomSeconds(1, 5));
  freeSeats(send, token);
  sleep(randomSeconds(1, 5));
}
