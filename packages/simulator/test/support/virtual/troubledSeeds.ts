/** The program of a thread in which three seeds break the rules of a run. */
import { enableCompileCache, flushCompileCache } from "node:module";
import type { Mutant } from "../../../src/virtual/runSeed.ts";

// As in seedWorker.ts: without the cache, each thread compiles the whole product.
enableCompileCache();
const { serveSeeds } = await import("../../../src/virtual/explore/serveSeeds.ts");

/** The fault of each troubled seed. */
const TROUBLES: Readonly<Record<number, () => void>> = {
  17: () => void Promise.reject(new Error("an unhandled test rejection")),
  23: () => process.exit(0),
  34: () =>
    process.nextTick(() => {
      throw new Error("an unhandled test error");
    }),
};

serveSeeds((seed): Mutant | undefined => {
  const weaken = TROUBLES[seed];
  return weaken && { weaken };
});
flushCompileCache();
