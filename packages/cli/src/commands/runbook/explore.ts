import { Args } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { exploreFlags, requireSeeds } from "../../sim/exploreFlags.ts";

/** `onsale runbook explore` */
export default class RunbookExplore extends AdminCommand {
  static override summary = "Run a runbook in thousands of sales in virtual time, under faults";
  static override description =
    "Each seed is a whole sale as in `sim explore`, with the incident of the runbook. An " +
    "operator runs the runbook while the faults go on. The operator's process is killed during " +
    "and after some of the steps, in some seeds after every step, and a new process continues " +
    "the same job. In some seeds a second operator runs the same job at the same time. No " +
    "server is needed. At the end the incident must be over, the final conditions of the " +
    "runbook must be true, and every invariant is checked. A failing seed is narrowed down and " +
    "shown as a timeline, and the exit code is 1.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> queue-stuck --seeds 1000",
    "<%= config.bin %> <%= command.id %> outbox-lag --seeds 1000 --seed 5001 --json",
    {
      description: "Repeat one seed, and write every event to a file",
      command: "<%= config.bin %> <%= command.id %> queue-stuck --replay 17 --trace seed-17.txt",
    },
  ];
  static override args = {
    name: Args.string({ required: true, description: "The runbook's name" }),
  };
  static override flags = exploreFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RunbookExplore);
    requireSeeds(flags);
    const { exploreCommand } = await import("../../sim/exploreCommand.ts");
    const outcome = await exploreCommand({ ...flags, runbook: args.name, ...this.runTerminal() });
    if (!outcome.holds) this.fail();
    return outcome;
  }
}
