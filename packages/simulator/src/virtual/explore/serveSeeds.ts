import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import type { Mutant, SeedResult } from "../runSeed.ts";
import type { VirtualScenario } from "../scenario.ts";
import { runSeedSafely } from "./runSeedSafely.ts";

/** What a thread is given once. */
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

/** Where an error came from, in the list of failures; all of it is in the seed's replay. */
const STACK_LINES = 4;

/**
 * Runs the blocks of seeds that this thread is sent. Sends "ready" when it can be sent one, and a
 * report of each seed.
 * @param plant what a test plants in a seed's run
 */
export function serveSeeds(plant?: (seed: number) => Mutant | undefined): void {
  const port = parentPort;
  assert(port, "only a thread serves seeds");
  const { scenario } = dataSchema.parse(workerData);
  port.on("message", async (message: unknown) => {
    const { first, count } = blockSchema.parse(message);
    for (let seed = first; seed < first + count; seed += 1) {
      const { violations, steps, elapsedMs } = await judged(seed, scenario, plant);
      port.postMessage({ seed, violations, steps, elapsedMs });
    }
    port.postMessage("ready");
  });
  port.postMessage("ready");
}

/** Nobody reads the stacks of expected refusals: only a seed that fails is run again with them. */
async function judged(
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
