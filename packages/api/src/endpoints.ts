/**
 * Entry of @onsale/api/endpoints: the endpoints without HTTP. A program that calls the API without
 * a network, such as the simulator, gets the same access rules, validation, answers and problem
 * codes as HTTP clients. This entry loads neither Koa nor a metrics library.
 */
import type { CoreContext, OnsaleConfig } from "@onsale/core";
import type { VerifyAccessToken } from "./auth/accessToken.ts";
import { authenticator } from "./auth/authenticator.ts";
import { namingTokenKinds } from "./auth/tokenKind.ts";
import type { EndpointAnswer } from "./http/endpointAnswer.ts";
import { openOfUser } from "./http/openOfUser.ts";
import { type RouteTable, routeMissing } from "./http/routeTable.ts";
import { runEndpoint } from "./http/runEndpoint.ts";
import { problemAnswer } from "./problems/problemAnswer.ts";

export type { VerifyAccessToken } from "./auth/accessToken.ts";
export type { RouteTable } from "./http/routeTable.ts";
export { AccessTokenInvalidError } from "./problems/errors.ts";
export { API_PREFIX, servedRoutes } from "./routes/endpoints.ts";

export interface EndpointParts {
  readonly core: CoreContext;
  readonly config: OnsaleConfig;
  /**
   * The result of `servedRoutes(config)`. Several cores with the same configuration may share it.
   */
  readonly routes: RouteTable;
  /** Verifies an access token and returns its user. Default: the configured verification. */
  readonly verifyAccessToken?: VerifyAccessToken;
}

export interface ApiRequest {
  /** The id of the request, which error answers contain. */
  readonly requestId: string;
  readonly method: string;
  /** The path with its prefix and without a query: "/api/v1/payment/pay". */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** The headers by their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON body. */
  readonly body?: unknown;
}

export interface ApiAnswer extends Omit<EndpointAnswer, "body"> {
  /** The body as JSON; undefined for an answer without a body. */
  readonly body: string | undefined;
  /** The error that the endpoint threw; undefined for a successful request. */
  readonly error: unknown;
}

/** The caller bounds the work in flight. */
const UNBOUNDED = { requireFree() {}, run: <T>(work: () => Promise<T>) => work() };

/**
 * Opens the endpoints on a core.
 * @returns a function that answers a request. The function never throws: a bug results in an answer
 *   with status 500
 */
export function openEndpoints(parts: EndpointParts): (request: ApiRequest) => Promise<ApiAnswer> {
  const { core, config, routes } = parts;
  const runtime = {
    core,
    config,
    authenticate: namingTokenKinds(authenticator(core, config, parts.verifyAccessToken)),
    openOfUser: openOfUser(core, config.http),
    boundOf: () => UNBOUNDED,
    onWritten() {},
  };
  return async ({ requestId, method, path, query = {}, headers, body }) => {
    try {
      const found = routes.find(method, path);
      if (!found) throw routeMissing(routes.methodsOf(path));
      const header = (name: string): string | undefined => headers[name];
      const request = { query, header, readBody: () => body };
      const answer = await runEndpoint(runtime, found, request);
      return { ...answer, body: answer.body?.toString(), error: undefined };
    } catch (error) {
      const answer = problemAnswer(error, requestId);
      return { ...answer, body: answer.body?.toString(), error };
    }
  };
}
