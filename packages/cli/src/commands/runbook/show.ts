import { Args } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale runbook show` */
export default class RunbookShow extends AdminCommand {
  static override summary = "Show a runbook: symptom, figures, steps, rollback, escalation";
  static override description = "Talks to no server; the plan of `runbook run` reads the figures.";
  static override examples = ["<%= config.bin %> <%= command.id %> queue-stuck"];
  static override args = {
    name: Args.string({ required: true, description: "The runbook's name" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(RunbookShow);
    const { findRunbook } = await import("@onsale/core");
    const { drawRunbook } = await import("../../runbook/drawRunbook.ts");
    const { describeRunbook } = await import("../../runbook/describeRunbook.ts");
    const runbook = findRunbook(args.name);
    this.print(drawRunbook(runbook));
    return describeRunbook(runbook);
  }
}
