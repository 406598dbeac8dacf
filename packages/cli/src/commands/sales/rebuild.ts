import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../operation/operationFlags.ts";

/** `onsale sales rebuild` */
export default class SalesRebuild extends OperationCommand {
  static override summary = "Restore the sales figures from the reservations";
  static override description =
    "Corrects what the sales projection counts wrongly, reservation by reservation, while the " +
    "sale, the consumer and the readers go on: no figure is emptied meanwhile. Needed after an " +
    "upgrade from a version without the projection, after a discarded message, and when `onsale " +
    "doctor` reports SALES_DRIFTED.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --execute",
    "<%= config.bin %> <%= command.id %> --rps 2000 --execute",
  ];
  static override flags = { ...operationFlags, ...bulkFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(SalesRebuild);
    return this.runOperation("sales.rebuild", {}, flags);
  }
}
