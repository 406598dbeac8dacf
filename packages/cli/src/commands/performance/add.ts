import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale performance add` */
export default class PerformanceAdd extends OperationCommand {
  static override summary = "Add a performance with its seats to a concert from a file";
  static override description =
    "The file has the fields of one performance: startsAt, venue, sale, and sections or " +
    "seatsFile. docs/operate/CONCERTS.md describes them.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 12 --from encore.yaml",
    "<%= config.bin %> <%= command.id %> 12 --from encore.yaml --execute",
  ];
  static override args = { concert: idArg("The concert's id") };
  static override flags = {
    ...operationFlags,
    from: Flags.string({ required: true, description: "The file, YAML or JSON" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PerformanceAdd);
    const { readPlanFile } = await import("../../concert/readPlanFile.ts");
    const performance = await readPlanFile(flags.from, "performance");
    const input = { concertId: args.concert, performance };
    return this.runOperation("performance.add", input, flags);
  }
}
