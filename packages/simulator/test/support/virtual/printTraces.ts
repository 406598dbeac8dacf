/**
 * Prints the traces of seeds, for a comparison between processes:
 *   node printTraces.ts SEED...
 */
import { runSeed } from "../../../src/virtual/runSeed.ts";
import { traceText } from "../../../src/virtual/trace.ts";

for (const seed of process.argv.slice(2).map(Number)) {
  const { trace } = await runSeed(seed, { traced: true });
  process.stdout.write(`seed ${seed}\n${traceText(trace)}`);
}
