import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { seatFieldFlags, seatSelectionFlags } from "../../operation/seatSelectionFlags.ts";
import { withoutUndefined } from "../../operation/withoutUndefined.ts";

/** `onsale performance block` */
export default class PerformanceBlock extends OperationCommand {
  static override summary = "Take free seats of a performance out of the sale, with a reason";
  static override description =
    "For seats that the box office keeps back. Held and sold seats stay as they are. " +
    "`performance unblock` and `undo` return the seats to the sale.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 31 --seat A-1 --seat A-2 --for 'camera position'",
    "<%= config.bin %> <%= command.id %> 31 --section Floor --row A --for sponsor --execute",
  ];
  static override args = { performance: idArg("The performance's id") };
  static override flags = {
    ...operationFlags,
    ...seatSelectionFlags,
    for: Flags.string({
      required: true,
      description: "Why the seats are kept back; operators see it, buyers do not",
    }),
  };

  protected override readonly fieldFlags = { ...seatFieldFlags, reason: "--for" };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PerformanceBlock);
    const input = withoutUndefined({
      ...{ performanceId: args.performance, reason: flags.for },
      ...{ seats: flags.seat, sections: flags.section, rows: flags.row },
    });
    return this.runOperation("seats.block", input, flags);
  }
}
