import { AdminCommand } from "../../adminCommand.ts";
import { exploreFlags, requireSeeds } from "../../sim/exploreFlags.ts";

/** `onsale sim explore` */
export default class SimExplore extends AdminCommand {
  static override summary = "Run thousands of sales in virtual time, each with its own faults";
  static override description =
    "Each seed is a whole sale: the product's own workflows, relay and loops in several " +
    "processes, buyers, and faults (crashes, lost answers, stalls, a Redis that loses its data, " +
    "messages delivered twice). The seed decides the clock, the order and the faults. No server " +
    "is needed. Every invariant is checked after every seed. A failing seed is narrowed down to " +
    "the buyers, faults and choices that the failure needs, and shown as a timeline; exit code " +
    "1. A third of the sales have further rules, such as partial refunds and seats that are kept " +
    "back; 1,000 seeds of the default sale that never play one of the rules fail too.";
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
  static override flags = exploreFlags;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(SimExplore);
    requireSeeds(flags);
    const { exploreCommand } = await import("../../sim/exploreCommand.ts");
    const outcome = await exploreCommand({ ...flags, ...this.runTerminal() });
    if (!outcome.holds) this.fail();
    return outcome;
  }
}
