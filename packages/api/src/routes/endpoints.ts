import type { OnsaleConfig } from "@onsale/core";
import type { Endpoint } from "../http/endpoint.ts";
import { type RouteTable, routeTable } from "../http/routeTable.ts";
import { adminEndpoints } from "./admin/routes.ts";
import { concertEndpoints } from "./concerts/routes.ts";
import { paymentEndpoints } from "./payments/routes.ts";
import { pointEndpoints } from "./points/routes.ts";
import { queueEndpoints } from "./queue/routes.ts";
import { HOLD_PATH, reservationEndpoints } from "./reservations/routes.ts";
import { userEndpoints } from "./users/routes.ts";

/** The prefix of every path. The nine endpoints of the specification also work without it. */
export const API_PREFIX = "/api/v1";

/** Every endpoint, in the order of the document. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...queueEndpoints,
  ...concertEndpoints,
  ...reservationEndpoints,
  ...paymentEndpoints,
  ...pointEndpoints,
  ...userEndpoints,
  ...adminEndpoints,
];

/** The routes that hold seats, in the form of the metrics. */
export const HOLD_ROUTES: ReadonlySet<string> = new Set([HOLD_PATH, API_PREFIX + HOLD_PATH]);

/**
 * The routes of waiting buyers, in the form of the metrics. Leaving has the same route as a status
 * request.
 */
export const WAITING_ROUTES: ReadonlySet<string> = new Set(
  ENDPOINTS.filter(({ waitingRoom }) => waitingRoom).flatMap(({ path }) => [
    path,
    API_PREFIX + path,
  ]),
);

/**
 * The routes that a process with this configuration serves on `PORT`. The endpoints for operators
 * are among them when there are admin tokens and no `ADMIN_PORT`.
 */
export function servedRoutes({ auth, admin }: Pick<OnsaleConfig, "auth" | "admin">): RouteTable {
  const servesAdmin = admin.jwtSecret !== undefined && admin.port === undefined;
  const served = ENDPOINTS.filter(
    ({ devIssuerOnly, access }) =>
      (!devIssuerOnly || auth.devIssuer) && (access !== "admin" || servesAdmin),
  );
  return routeTable(served, API_PREFIX);
}

/** The routes of a process that serves only waiting buyers. */
export function queueRoutes(): RouteTable {
  return routeTable(queueEndpoints, API_PREFIX);
}

/** The routes of `ADMIN_PORT`: the endpoints for operators and no others. */
export function adminRoutes(): RouteTable {
  return routeTable(adminEndpoints, API_PREFIX);
}
