/** The conformance cases for core's ports. Every adapter set must pass them. */
export type { AdapterSet, OpenedAdapters } from "./adapterSet.ts";
export { apiLoadCases } from "./apiLoadCases.ts";
export { brokerCases } from "./brokerCases.ts";
export { cacheCases } from "./cacheCases.ts";
export { databaseCases } from "./database/databaseCases.ts";
export { invariantCases } from "./invariants/invariantCases.ts";
export type { InvariantFixture } from "./invariants/invariantFixture.ts";
export { queueStoreCases } from "./queue/queueStoreCases.ts";
export { rateLimiterCases } from "./rateLimiterCases.ts";
export { seatLockCases } from "./seatLockCases.ts";
