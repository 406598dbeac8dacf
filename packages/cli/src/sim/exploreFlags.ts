import { Flags } from "@oclif/core";
import { SEED_MAX } from "@onsale/simulator/seeds";
import { CliError, EXIT } from "../cliError.ts";

const SEEDS_MAX = 10_000_000;
/**
 * Maximum number of buyers in a run. A larger run takes seconds and finds nothing that a smaller
 * one does not find.
 */
const BUYERS_MAX = 500;
const SEATS_MAX = 500;
const PROCESSES_MAX = 8;
const THREADS_MAX = 64;

/** The flags of every command that runs seeds on the virtual engine. */
export const exploreFlags = {
  seeds: Flags.integer({ default: 1000, min: 1, max: SEEDS_MAX, description: "How many seeds" }),
  seed: Flags.integer({ default: 1, min: 0, max: SEED_MAX, description: "The first seed" }),
  replay: Flags.string({
    description: "Run one seed, or a schedule of it, and show what happened",
    helpValue: "SEED[:SCHEDULE]",
    exclusive: ["seeds", "seed", "threads"],
  }),
  trace: Flags.string({
    description: "Write every event of the replay to this file",
    helpValue: "FILE",
    dependsOn: ["replay"],
  }),
  buyers: Flags.integer({
    default: 20,
    min: 1,
    max: BUYERS_MAX,
    description: "Number of buyers",
  }),
  seats: Flags.integer({ default: 5, min: 1, max: SEATS_MAX, description: "Number of seats" }),
  "api-processes": Flags.integer({
    default: 2,
    min: 1,
    max: PROCESSES_MAX,
    description: "Number of API processes in the sale",
  }),
  workers: Flags.integer({
    default: 2,
    min: 1,
    max: PROCESSES_MAX,
    description: "Number of worker processes in the sale",
  }),
  threads: Flags.integer({
    min: 1,
    max: THREADS_MAX,
    description: "Number of threads; by default one for each core",
  }),
  minimise: Flags.boolean({
    default: true,
    allowNo: true,
    description: "Narrow the first failure down",
  }),
};

/** @throws CliError when a seed would be too large */
export function requireSeeds(flags: { readonly seed: number; readonly seeds: number }): void {
  if (flags.seed + flags.seeds - 1 > SEED_MAX) {
    throw new CliError("USAGE", `The last seed would be larger than ${SEED_MAX}`, {
      exitCode: EXIT.usage,
      next: "Begin with a lower --seed, or run fewer --seeds.",
    });
  }
}
