/**
 * The entry @onsale/simulator/virtual: runs the product with the clock, the order and the faults of
 * a seed.
 */
export { type MinimisedRun, minimise } from "./explore/minimise.ts";
export { runSeedSafely } from "./explore/runSeedSafely.ts";
export type { Incident } from "./runbook/incident.ts";
export { findIncident, INCIDENTS } from "./runbook/incidents.ts";
export { type RunOptions, runSeed, type SeedResult } from "./runSeed.ts";
