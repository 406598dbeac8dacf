/** The public entry of Onsale's REST API; its OpenAPI document is at `@onsale/api/openapi`. */
export type { Role } from "@onsale/core";
export { type IssuedAccessToken, issueAccessToken } from "./auth/accessToken.ts";
export { type AppParts, createApp } from "./createApp.ts";
export type { Problem } from "./problems/problem.ts";
export { type ErrorCode, PROBLEMS } from "./problems/problems.ts";
export { type RunningServer, type StartServerOptions, startServer } from "./startServer.ts";
