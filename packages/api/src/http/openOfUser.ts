import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { type OpenOfUser, openRequests } from "../middlewares/openRequests.ts";
import { allowance } from "../middlewares/rateLimit.ts";

/** Creates the limits for each user of one process. */
export function openOfUser(
  { clock, rateLimiter }: CoreContext,
  { userPerSecond, openRequestsUserMax }: OnsaleConfig["http"],
): OpenOfUser {
  const take = allowance(rateLimiter, clock, "user", userPerSecond);
  const open = openRequests(openRequestsUserMax);
  return async (userId) => {
    await take(String(userId));
    return open(String(userId));
  };
}
