/** The program of a thread in which three seeds do what no run may do. */
import { serveSeeds } from "../../../src/virtual/explore/serveSeeds.ts";
import type { Mutant } from "../../../src/virtual/runSeed.ts";

/** What is planted in which seed. */
const TROUBLES: Readonly<Record<number, () => void>> = {
  17: () => void Promise.reject(new Error("a rejection that nobody takes")),
  23: () => process.exit(0),
  34: () =>
    process.nextTick(() => {
      throw new Error("an error that nobody takes");
    }),
};

serveSeeds((seed): Mutant | undefined => {
  const weaken = TROUBLES[seed];
  return weaken && { weaken };
});
