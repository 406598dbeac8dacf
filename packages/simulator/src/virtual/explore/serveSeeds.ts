import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import type { Mutant, SeedResult } from "../runSeed.ts";
import type { VirtualScenario } from "../scenario.ts";
import { runSeedSafely } from "./runSeedSafely.ts";

/** The data that a thread receives at its start. */
const dataSchema = z.object({
  scenario: z.object({
    buyers: z.number(),
    seats: z.number(),
    apiProcesses: z.number(),
    workers: z.number(),
  }),
});

/** A block of seeds to run. */
const blockSchema = z.object({ first: z.number(), count: z.number() });

/** Stack lines in the list of failures; the replay of a seed shows the whole stack. */
const STACK_LINES = 4;

/**
 * Runs the blocks of seeds that the main thread sends. Sends "ready" before each block, and a
 * report after each seed.
 * @param plant the mutant of a seed's run, for tests
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

/** Runs without stacks, which cost time; only a failing seed runs again with stacks. */
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
