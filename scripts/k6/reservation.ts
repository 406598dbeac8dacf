import { sleep } from "k6";
import { apiOf } from "./lib/api.ts";
import { CONCERT_ID, freeSeats, hold, waitForAdmission } from "./lib/buyer.ts";
import { PURCHASE_LIMITS } from "./lib/limits.ts";
import { inProfile } from "./lib/profile.ts";
import { randomInt, randomOf, randomSeconds } from "./lib/random.ts";
import { type LoadScenario, optionsOf } from "./lib/scenario.ts";
import { summaryOf } from "./lib/summary.ts";

/** Up to 4,000 users try to hold one of 100 seats. No user pays, so holds expire and come back. */
const scenario: LoadScenario = {
  name: "reservation",
  stages: inProfile([
    { seconds: 30, users: 100 },
    ...[1000, 2000, 3000, 4000, 4000, 100].map((users) => ({ seconds: 60, users })),
  ]),
  steps: ["join", "poll", "concerts", "dates", "seats", "hold"],
  limits: PURCHASE_LIMITS,
};

const USERS = 6000;

export const options = optionsOf(scenario);
export const handleSummary = summaryOf(scenario);
const send = apiOf(scenario);

export default function reserve(): void {
  const userId = randomInt(1, USERS);
  const token = waitForAdmission(send, userId);
  if (token === undefined) return;
  sleep(randomSeconds(1, 3));
  send("concerts", { method: "GET", path: "/concerts", token });
  sleep(randomSeconds(1, 3));
  send("dates", { method: "GET", path: `/concerts/${CONCERT_ID}/available-dates`, token });
  sleep(randomSeconds(1, 3));
  const seat = randomOf(freeSeats(send, token));
  if (seat === undefined) return;
  sleep(randomSeconds(1, 3));
  hold(send, { token, userId, seatId: seat.seatId });
  sleep(randomSeconds(1, 3));
}
