import type { CoreContext, OnsaleConfig } from "@onsale/core";
import { deadline } from "../middlewares/deadline.ts";
import { inFlight, type WorkBounds } from "../middlewares/inFlight.ts";
import { boundOpenOfAddress, type OpenOfUser, openRequests } from "../middlewares/openRequests.ts";
import { addressRateLimit, allowance, type TakeAllowance } from "../middlewares/rateLimit.ts";
import { jsonBodyReader, type ReadJsonBody } from "./jsonBody.ts";
import { openOfUser } from "./openOfUser.ts";
import type { Middleware } from "./state.ts";

/*
 * The limits that a request must pass before an endpoint works on it.
 *
 * Problem: one client must not end the service for the others. A process has a bounded number of
 * slots for work (`IN_FLIGHT_MAX`), and a client that occupies a slot without giving work to do
 * takes the slot from other clients. A slow or missing body costs its sender nothing, so a request
 * takes a slot only when everything that depends on the client's network has arrived.
 *
 * Order, with the answer of each step that refuses:
 * 1. The address has allowance left in this second (429 RATE_LIMITED).
 * 2. The deadline of the whole request starts (503 DEADLINE_EXCEEDED).
 * 3. The address has fewer than `OPEN_REQUESTS_ADDRESS_MAX` open requests (429
 *    TOO_MANY_OPEN_REQUESTS).
 * 4. A slot is free; it is not taken yet (503 OVERLOADED). A full process refuses here, so that a
 *    refused request costs no verification. Waiting buyers are far more than buyers who hold seats
 *    and pay. Their requests therefore have slots of their own (`QUEUE_IN_FLIGHT_MAX`).
 * 5. The credentials are verified (401, 503 AUTH_KEYS_UNAVAILABLE).
 * 6. The user has allowance left in this second, and fewer than `OPEN_REQUESTS_USER_MAX` open
 *    requests (429, the same codes).
 * 7. The body arrives within `BODY_TIMEOUT_MS` (408 REQUEST_TIMEOUT, 413, 415, 400).
 * 8. The request takes a slot (503 OVERLOADED) and gives it back when its work ends.
 * The counts of open requests (3, 6) end when the answer is written, because an answer that its
 * client does not read is in the memory of the process.
 *
 * Scope: counts and slots belong to one process; allowances are shared through Redis.
 *
 * Failures:
 * - The client leaves, or the body never arrives: step 7 fails, and every count is given back.
 * - The deadline passes while an endpoint works: the client gets its answer, and the slot stays
 *   taken until the work really ends, because the work still uses connections to servers.
 * - Work that never ends keeps its slot forever. When such work occupies nearly every slot,
 *   readiness fails with the reason WORK_STUCK: the load balancer sends no requests, and the
 *   operator restarts the process.
 * - An answer that is ready before its body has arrived ends the connection: see `connections.ts`.
 *
 * Not promised: fairness between users inside the slots, and any bound across processes except the
 * allowances. In trusted mode without a gateway header, the user of a request is known only from
 * its body, so that step 6 moves behind step 7.
 */

/** The limits of one process, in the form of middlewares and functions. */
export interface RequestLimits {
  /** The allowance of step 1, for requests that are refused before step 1. */
  readonly takeOfAddress: TakeAllowance;
  /** Limits of steps 1 to 3, which apply to every request to the API. */
  readonly beforeRouting: readonly Middleware[];
  /** The limit of step 3 alone, for documents: their answers are large, and need no server. */
  readonly openOfAddress: Middleware;
  /** The limit of step 6, which applies after the credentials are verified. */
  readonly openOfUser: OpenOfUser;
  /** Step 7. */
  readonly readBody: ReadJsonBody;
}

/** The largest share of a request's time that its body may take. The rest remains for the work. */
const BODY_SHARE_MAX = 0.5;

/**
 * Work that still runs this long after its deadline counts as stuck, because every store has a
 * shorter time limit for one command.
 */
const STUCK_GRACE_MS = 5_000;

/** Creates the bounds for the work of one process. */
export function workBounds(
  { clock }: Pick<CoreContext, "clock">,
  { http }: Pick<OnsaleConfig, "http">,
): WorkBounds {
  const stuckAfterMs = http.requestTimeoutMs + STUCK_GRACE_MS;
  return {
    buying: inFlight(http.inFlightMax, clock, stuckAfterMs),
    waiting: inFlight(http.queueInFlightMax, clock, stuckAfterMs),
  };
}

/** Creates the limits of one process. */
export function requestLimits(core: CoreContext, { http }: OnsaleConfig): RequestLimits {
  const { clock, rateLimiter } = core;
  const takeOfAddress = allowance(rateLimiter, clock, "address", http.addressPerSecond);
  const bodyTimeoutMs = Math.min(http.bodyTimeoutMs, http.requestTimeoutMs * BODY_SHARE_MAX);
  const openOfAddress = boundOpenOfAddress(openRequests(http.openRequestsAddressMax));
  return {
    takeOfAddress,
    openOfAddress,
    beforeRouting: [
      addressRateLimit(takeOfAddress),
      deadline(clock, http.requestTimeoutMs),
      openOfAddress,
    ],
    openOfUser: openOfUser(core, http),
    readBody: jsonBodyReader(clock, bodyTimeoutMs),
  };
}
