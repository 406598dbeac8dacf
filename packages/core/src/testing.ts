/** What tests of adapters need: the conformance cases of the ports. */
export type { AdapterSet, OpenedAdapters } from "./testing/adapterSet.ts";
export { brokerCases } from "./testing/brokerCases.ts";
export { cacheCases } from "./testing/cacheCases.ts";
export { databaseCases } from "./testing/database/databaseCases.ts";
export type { EvidenceBench } from "./testing/evidence/evidenceBench.ts";
export { evidenceCases } from "./testing/evidence/evidenceCases.ts";
export { queueStoreCases } from "./testing/queue/queueStoreCases.ts";
export { rateLimiterCases } from "./testing/rateLimiterCases.ts";
export { seatLockCases } from "./testing/seatLockCases.ts";
