/** The public entry of the client: a buyer's calls, the wait in line, and typed refusals. */
export { type Client, type ClientOptions, createClient, type JoinOptions } from "./createClient.ts";
export type { components, operations, paths } from "./generated/api.ts";
export type { CallOptions, KeyedOptions, Sending } from "./http/call.ts";
export type { BodyOf, DataOf, InputOf, OperationId, PathOf, QueryOf } from "./operations.ts";
export {
  CallTimeoutError,
  isProblem,
  NoAnswerError,
  type Problem,
  type ProblemCode,
  ProblemError,
  UnexpectedAnswerError,
} from "./problems/errors.ts";
export type { AdmissionOptions, HoldOptions, SeatsOptions, Visit } from "./visit.ts";
export type { FollowOptions } from "./waiting/followPlace.ts";
export {
  etaSecondsAt,
  type LinePosition,
  type Place,
  positionIn,
  type QueueStatus,
} from "./waiting/position.ts";
