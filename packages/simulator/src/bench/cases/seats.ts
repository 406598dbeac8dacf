import type { BenchGround } from "../benchGround.ts";
import type { BenchFigures } from "../benchReport.ts";
import { setTheStage } from "../benchStage.ts";
import { requestText } from "../load/loadPlan.ts";
import { benchAgainstBareServer } from "./bareServerBench.ts";
import { userIdsFrom } from "./userIds.ts";

/** Buyers who look at the seats. */
const BUYERS = 100;

/** Seat lists of a hall against a bare route that sends the same bytes from memory. */
export async function benchSeats(ground: BenchGround): Promise<BenchFigures> {
  const stage = await setTheStage(ground.core, "bench");
  const { performanceId } = await stage.addSeats(ground.settings.seats);
  const buyers = await stage.admit(userIdsFrom(1, BUYERS));
  const path = `/api/v1/concerts/${performanceId}/available-seats`;
  const requests = buyers.map(({ token }) => requestText({ method: "GET", path, token }));
  return benchAgainstBareServer(ground, { route: "bytes", requestsOf: async () => requests });
}
