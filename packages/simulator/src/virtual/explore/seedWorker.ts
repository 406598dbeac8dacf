import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { runSeed } from "../runSeed.ts";

/** What a worker is given once. */
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

const port = parentPort;
assert(port, "this file is a worker thread's");
const { scenario } = dataSchema.parse(workerData);

// Nobody reads the stacks of expected refusals; a failing seed is run again with them.
Error.stackTraceLimit = 0;

port.on("message", async (message: unknown) => {
  const { first, count } = blockSchema.parse(message);
  for (let seed = first; seed < first + count; seed += 1) {
    try {
      const { findings, steps, elapsedMs } = await runSeed(seed, { scenario });
      port.postMessage({ seed, findings, steps, elapsedMs });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const findings = [{ check: "answers", message: `the run broke off: ${text}`, ids: {} }];
      port.postMessage({ seed, findings, steps: 0, elapsedMs: 0 });
    }
    // Messages are sent between two seeds.
    await new Promise((resolve) => setImmediate(resolve));
  }
  port.postMessage("done");
});
