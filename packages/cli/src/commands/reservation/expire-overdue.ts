import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../operation/operationFlags.ts";

/** `onsale reservation expire-overdue` */
export default class ReservationExpireOverdue extends OperationCommand {
  static override summary = "End the holds that have expired and that no reaper has ended";
  static override description =
    "Does the work of the reaper of the worker, in steps. Use it while no worker runs. Unpaid " +
    "seats are for sale again; paid ones do not change.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --execute",
    "<%= config.bin %> <%= command.id %> --execute --max 1000 --rps 200",
  ];
  static override flags = { ...operationFlags, ...bulkFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ReservationExpireOverdue);
    return this.runOperation("reservation.expireOverdue", {}, flags);
  }
}
