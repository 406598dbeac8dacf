/**
 * What tests of adapters need: the conformance cases of the ports, and the inside of the servers in
 * memory for those who plant faults there.
 */
export { type MemoryDb, memoryDb } from "./adapters/memory/database/memoryDb.ts";
export { promote } from "./adapters/memory/queue/promote.ts";
export type { Room } from "./adapters/memory/queue/room.ts";
export type { AdapterSet, OpenedAdapters } from "./testing/adapterSet.ts";
export { brokerCases } from "./testing/brokerCases.ts";
export { cacheCases } from "./testing/cacheCases.ts";
export { databaseCases } from "./testing/database/databaseCases.ts";
export type { EvidenceBench } from "./testing/evidence/evidenceBench.ts";
export { evidenceCases } from "./testing/evidence/evidenceCases.ts";
export { queueStoreCases } from "./testing/queue/queueStoreCases.ts";
export { rateLimiterCases } from "./testing/rateLimiterCases.ts";
export { seatLockCases } from "./testing/seatLockCases.ts";
