import type { OnsaleConfig } from "@onsale/core";
import type { Endpoint } from "../http/endpoint.ts";
import { type RouteTable, routeTable } from "../http/routeTable.ts";
import { concertEndpoints } from "./concerts/routes.ts";
import { paymentEndpoints } from "./payments/routes.ts";
import { pointEndpoints } from "./points/routes.ts";
import { queueEndpoints } from "./queue/routes.ts";
import { reservationEndpoints } from "./reservations/routes.ts";
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
];

/** The routes that a process with this configuration serves. */
export function servedRoutes({ auth }: Pick<OnsaleConfig, "auth">): RouteTable {
  const served = ENDPOINTS.filter(({ devIssuerOnly }) => !devIssuerOnly || auth.devIssuer);
  return routeTable(served, API_PREFIX);
}
