/**
 * The entry `@onsale/core/testing`, for tests only: the inside of the in-memory servers, for tests
 * that plant faults there, and the constants that the conformance cases need.
 */
export * from "../adapters/evidence/evidenceRules.ts";
export { type MemoryDb, memoryDb } from "../adapters/memory/database/memoryDb.ts";
export type * from "../adapters/memory/database/rows.ts";
export { promote } from "../adapters/memory/queue/promote.ts";
export type { Room } from "../adapters/memory/queue/room.ts";
export { NOTIFIED_AGGREGATES, NOTIFIER } from "../notification/notifier.ts";
