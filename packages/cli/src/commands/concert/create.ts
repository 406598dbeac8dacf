import { Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale concert create` */
export default class ConcertCreate extends OperationCommand {
  static override summary = "Create a concert with its queue, performances and seats from a file";
  static override description =
    "The file is YAML or JSON; seats can be in a CSV file beside it. The whole file is checked " +
    "first, and everything is created in one transaction. docs/operate/CONCERTS.md has a sample.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --from concert.yaml",
    "<%= config.bin %> <%= command.id %> --from concert.yaml --execute",
  ];
  static override flags = {
    ...operationFlags,
    from: Flags.string({ required: true, description: "The file, YAML or JSON" }),
    "dry-run": Flags.boolean({
      description: "Check the file and print the plan; the default without --execute",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ConcertCreate);
    const { readPlanFile } = await import("../../concert/readPlanFile.ts");
    const plan = await readPlanFile(flags.from, "concert");
    return this.runOperation("concert.create", plan, flags);
  }
}
