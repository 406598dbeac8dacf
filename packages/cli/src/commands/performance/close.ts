import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale performance close` */
export default class PerformanceClose extends OperationCommand {
  static override summary = "End the sale of a performance now";
  static override description =
    "No new hold is possible afterwards. Unpaid holds can still be paid until they expire. " +
    "`undo` opens the sale again.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 31",
    "<%= config.bin %> <%= command.id %> 31 --execute",
  ];
  static override args = { performance: idArg("The performance's id") };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PerformanceClose);
    return this.runOperation("performance.close", { performanceId: args.performance }, flags);
  }
}
