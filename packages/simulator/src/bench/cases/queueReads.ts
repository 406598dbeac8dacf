import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { setTheStage } from "../benchStage.ts";
import { requestText } from "../load/loadPlan.ts";
import { benchAgainstBareServer } from "./bareServerBench.ts";
import { idCounter } from "./idCounter.ts";
import { userIdsFrom } from "./userIds.ts";

/** Buyers who wait and poll. */
const WAITING = 1000;

/** Joins of new buyers against a bare route with one read of Redis. */
export async function benchJoin(ground: BenchGround): Promise<BenchFigures> {
  const { queueId } = await setTheStage(ground.core, "bench");
  const nextUserId = idCounter();
  return benchAgainstBareServer(ground, {
    route: "redis",
    async requestsOf(operations) {
      const path = "/api/v1/queue/tokens";
      return userIdsFrom(nextUserId(operations), operations).map((userId) =>
        requestText({ method: "POST", path, body: { userId, queueId } }),
      );
    },
  });
}

/** Polls of waiting buyers against a bare route with one read of Redis. */
export async function benchStatus(ground: BenchGround): Promise<BenchFigures> {
  const stage = await setTheStage(ground.core, "bench");
  const buyers = await stage.join(userIdsFrom(1, WAITING));
  const requests = buyers.map(({ userId, token }) =>
    requestText({ method: "GET", path: `/api/v1/queue/tokens/status/${userId}`, token }),
  );
  return benchAgainstBareServer(ground, { route: "redis", requestsOf: async () => requests });
}
