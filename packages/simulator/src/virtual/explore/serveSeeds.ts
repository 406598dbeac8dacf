import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { findIncident } from "../runbook/incidents.ts";
import type { Mutant, RunOptions, SeedResult } from "../runSeed.ts";
import { runSeedSafely } from "./runSeedSafely.ts";

/** The schema of the data that a thread receives at its start. */
const dataSchema = z.object({
  scenario: z.object({
    buyers: z.number(),
    seats: z.number(),
    apiProcesses: z.number(),
    workers: z.number(),
  }),
  runbook: z.string().optional(),
});

/** The schema of a block of seeds. */
const blockSchema = z.object({ first: z.number(), count: z.number() });

/** Number of stack lines in the list of failures. A replay of the seed shows the whole stack. */
const STACK_LINES = 4;

/**
 * Runs the blocks of seeds that the main thread sends. Sends "ready" before each block, and a
 * report after each seed.
 * @param plant returns the mutant (a planted fault of the product) for the run of a seed; only
 *   tests use it
 */
export function serveSeeds(plant?: (seed: number) => Mutant | undefined): void {
  const port = parentPort;
  assert(port, "only a thread serves seeds");
  const { scenario, runbook } = dataSchema.parse(workerData);
  const incident = findIncident(runbook);
  port.on("message", async (message: unknown) => {
    const { first, count } = blockSchema.parse(message);
    for (let seed = first; seed < first + count; seed += 1) {
      const options = { scenario, incident, mutant: plant?.(seed) };
      const result = await runReported(seed, options);
      const { violations, steps, elapsedMs, marks, exercise } = result;
      port.postMessage({ seed, violations, steps, elapsedMs, marks, exercise });
    }
    port.postMessage("ready");
  });
  port.postMessage("ready");
}

/** Runs a seed without stack traces, which cost time. Only a failing seed runs again with them. */
async function runReported(seed: number, options: RunOptions): Promise<SeedResult> {
  Error.stackTraceLimit = 0;
  const result = await runSeedSafely(seed, options);
  if (result.violations.length === 0) return result;
  Error.stackTraceLimit = STACK_LINES;
  const again = await runSeedSafely(seed, options);
  return again.violations.length > 0 ? again : result;
}
