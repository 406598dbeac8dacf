/**
 * Entry of @onsale/api/endpoints: the endpoints without HTTP. A program that makes requests without
 * a network, such as the simulator, gets the access rules, validation, answers and problem codes
 * that clients get over HTTP. This entry loads neither Koa nor a metrics client.
 */
import type { CoreContext, OnsaleConfig } from "@onsale/core";
import type { VerifyAccessToken } from "./auth/accessToken.ts";
import { authenticator } from "./auth/authenticator.ts";
import { openOfUser } from "./http/requestLimits.ts";
import { type RouteTable, routeMissing } from "./http/routeTable.ts";
import { type EndpointAnswer, runEndpoint } from "./http/runEndpoint.ts";
import { problemAnswer } from "./problems/problemAnswer.ts";

export type { VerifyAccessToken } from "./auth/accessToken.ts";
export type { RouteTable } from "./http/routeTable.ts";
export { AccessTokenInvalidError } from "./problems/errors.ts";
export { API_PREFIX, servedRoutes } from "./routes/endpoints.ts";

export interface EndpointParts {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  /** From `servedRoutes(config)`; several cores of one configuration may share it. */
  readonly routes: RouteTable;
  /** Finds the user of an access token. Defaults to the configured verification. */
  readonly verifyAccessToken?: VerifyAccessToken;
}

export interface ApiRequest {
  /** Returned in problems. */
  readonly requestId: string;
  readonly method: string;
  /** With its prefix, "/api/v1/payment/pay", and without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON body. */
  readonly body?: unknown;
}

export interface ApiAnswer extends EndpointAnswer {
  /** The thrown error; undefined for an accepted request. */
  readonly error: unknown;
}

/**
 * Opens the endpoints on a core.
 * @returns a function that answers a request; it never throws, for a bug is answered with 500
 */
export function openEndpoints(parts: EndpointParts): (request: ApiRequest) => Promise<ApiAnswer> {
  const { core, config, routes } = parts;
  const runtime = {
    core,
    config,
    authenticate: authenticator(core, config, parts.verifyAccessToken),
    openOfUser: openOfUser(core, config.http),
    inSlot: <T>(work: () => Promise<T>) => work(),
    onWritten() {},
  };
  return async ({ requestId, method, path, query = {}, headers, body }) => {
    try {
      const found = routes.find(method, path);
      if (!found) throw routeMissing(routes.methodsOf(path));
      const header = (name: string): string | undefined => headers[name];
      const request = { query, header, readBody: () => body };
      return { ...(await runEndpoint(runtime, found, request)), error: undefined };
    } catch (error) {
      return { ...problemAnswer(error, requestId), error };
    }
  };
}
