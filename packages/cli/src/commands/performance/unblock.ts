import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { seatFieldFlags, seatSelectionFlags } from "../../operation/seatSelectionFlags.ts";
import { withoutUndefined } from "../../operation/withoutUndefined.ts";

/** `onsale performance unblock` */
export default class PerformanceUnblock extends OperationCommand {
  static override summary = "Return seats to the sale that were kept back";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 31 --seat A-1 --seat A-2",
    "<%= config.bin %> <%= command.id %> 31 --section Floor --execute",
  ];
  static override args = { performance: idArg("The performance's id") };
  static override flags = { ...operationFlags, ...seatSelectionFlags };

  protected override readonly fieldFlags = seatFieldFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PerformanceUnblock);
    const input = withoutUndefined({
      performanceId: args.performance,
      ...{ seats: flags.seat, sections: flags.section, rows: flags.row },
    });
    return this.runOperation("seats.unblock", input, flags);
  }
}
