import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import type { Mutant, SeedResult } from "../runSeed.ts";
import type { VirtualScenario } from "../virtualScenario.ts";
import { runSeedSafely } from "./runSeedSafely.ts";

/** The schema of the data that a thread receives at its start. */
const dataSchema = z.object({
  scenario: z.object({
    buyers: z.number(),
    seats: z.number(),
    apiProcesses: z.number(),
    workers: z.number(),
  }),
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
  const { scenario } = dataSchema.parse(workerData);
  port.on("message", async (message: unknown) => {
    const { first, count } = blockSchema.parse(message);
    for (let seed = first; seed < first + count; seed += 1) {
      const { violations, steps, elapsedMs } = await runReported(seed, scenario, plant);
      port.postMessage({ seed, violations, steps, elapsedMs });
    }
    port.postMessage("ready");
  });
  port.postMessage("ready");
}

/** Runs a seed without stack traces, which cost time. Only a failing seed runs again with them. */
async function runReported(
  seed: number,
  scenario: VirtualScenario,
  plant?: (seed: number) => Mutant | undefined,
): Promise<SeedResult> {
  Error.stackTraceLimit = 0;
  const result = await runSeedSafely(seed, { scenario, mutant: plant?.(seed) });
  if (result.violations.length === 0) return result;
  Error.stackTraceLimit = STACK_LINES;
  const again = await runSeedSafely(seed, { scenario, mutant: plant?.(seed) });
  return again.violations.length > 0 ? again : result;
}
