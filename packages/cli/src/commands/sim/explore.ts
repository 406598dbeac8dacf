import { Flags } from "@oclif/core";
import { SEED_MAX } from "@onsale/simulator/seeds";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";

const SEEDS_MAX = 10_000_000;
/**
 * The most buyers of a run. A larger run takes seconds and finds nothing that a smaller one does
 * not find.
 */
const BUYERS_MAX = 500;
const SEATS_MAX = 500;
const PROCESSES_MAX = 8;
const THREADS_MAX = 64;

/** `onsale sim explore` */
export default class SimExplore extends AdminCommand {
  static override summary = "Run thousands of sales in virtual time, each with its own faults";
  static override description =
    "Each seed is a whole sale: the product's own workflows, relay and loops in several " +
    "processes, buyers, and faults (crashes, lost answers, stalls, a Redis that loses its data, " +
    "messages delivered twice). The seed decides the clock, the order and the faults. No server " +
    "is needed. Every invariant is checked after every seed. A failing seed is narrowed down to " +
    "the buyers, faults and choices that the failure needs, and shown as a timeline; exit code 1.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --seeds 20000",
    "<%= config.bin %> <%= command.id %> --seeds 5000 --seed 100001 --json",
    {
      description: "Repeat one seed's sale, and write every event to a file",
      command: "<%= config.bin %> <%= command.id %> --replay 17 --trace seed-17.txt",
    },
    {
      description: "Repeat a narrowed failure",
      command: '<%= config.bin %> <%= command.id %> --replay "17:b=0,3/f=scheduled#1/c=12x1"',
    },
  ];
  static override flags = {
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
      description: "API processes of the sale",
    }),
    workers: Flags.integer({
      default: 2,
      min: 1,
      max: PROCESSES_MAX,
      description: "Worker processes of the sale",
    }),
    threads: Flags.integer({
      min: 1,
      max: THREADS_MAX,
      description: "Threads; by default one for each core",
    }),
    minimise: Flags.boolean({
      default: true,
      allowNo: true,
      description: "Narrow the first failure down",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(SimExplore);
    if (flags.seed + flags.seeds - 1 > SEED_MAX) {
      throw new CliError("USAGE", `The last seed would be larger than ${SEED_MAX}`, {
        exitCode: EXIT.usage,
        next: "Begin with a lower --seed, or run fewer --seeds.",
      });
    }
    const { exploreCommand } = await import("../../sim/exploreCommand.ts");
    const outcome = await exploreCommand({ ...flags, ...this.runTerminal() });
    if (!outcome.holds) this.fail();
    return outcome;
  }
}
