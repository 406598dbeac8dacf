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
  return (userId) => {
    const subject = String(userId);
    const taken = take(subject);
    return taken ? taken.then(() => open(subject)) : open(subject);
  };
}
