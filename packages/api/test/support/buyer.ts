import { textIn } from "./callApi.ts";
import type { TestApi } from "./testApi.ts";

/** A user that joined the queue. */
export interface Buyer {
  readonly userId: number;
  readonly accessToken: string;
  /** The first token of the queue. */
  readonly queueToken: string;
}

let lastUserId = 5_000;

/** A user id that no other test of this process uses. */
export function freshUserId(): number {
  lastUserId += 1;
  return lastUserId;
}

/** Joins the queue over HTTP in jwt mode. */
export async function waitingBuyer(api: TestApi, queueId = "main"): Promise<Buyer> {
  const userId = freshUserId();
  const accessToken = api.accessToken(userId);
  const joined = await api.call("POST", "/api/v1/queue/tokens", {
    token: accessToken,
    json: { queueId },
  });
  return { userId, accessToken, queueToken: textIn(joined.data, "token") };
}

/** Joins, and is let in. */
export async function activeBuyer(api: TestApi, queueId = "main"): Promise<Buyer> {
  const buyer = await waitingBuyer(api, queueId);
  await api.promote(queueId);
  return buyer;
}
