import type { OnsaleConfig, Role } from "@onsale/core";
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
 * The endpoints that a process with this configuration serves on `PORT`. The endpoints for
 * operators are among them when there are admin tokens and no `ADMIN_PORT`.
 */
function mainEndpoints({ auth, admin }: Pick<OnsaleConfig, "auth" | "admin">) {
  const servesAdmin = admin.jwtSecret !== undefined && admin.port === undefined;
  return ENDPOINTS.filter(
    ({ devIssuerOnly, access }) =>
      (!devIssuerOnly || auth.devIssuer) && (access !== "admin" || servesAdmin),
  );
}

/**
 * The endpoints that a process serves on one of its ports.
 * @param surface admin: those of `ADMIN_PORT`, for operators and no others
 */
export function servedEndpoints(
  config: Pick<OnsaleConfig, "auth" | "admin">,
  { role, surface }: { readonly role: Role; readonly surface: "main" | "admin" },
): readonly Endpoint[] {
  if (surface === "admin") return adminEndpoints;
  return role === "queue" ? queueEndpoints : mainEndpoints(config);
}

/** The routes that a process with this configuration serves on `PORT`. */
export function servedRoutes(config: Pick<OnsaleConfig, "auth" | "admin">): RouteTable {
  return routesOf(mainEndpoints(config));
}

/** The routes of endpoints, with the prefix. */
export function routesOf(endpoints: readonly Endpoint[]): RouteTable {
  return routeTable(endpoints, API_PREFIX);
}
