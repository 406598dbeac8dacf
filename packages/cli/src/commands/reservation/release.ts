import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale reservation release` */
export default class ReservationRelease extends OperationCommand {
  static override summary = "End an unpaid hold of a buyer; its seats are for sale again";
  static override description =
    "A paid reservation is refused: `onsale payment refund` returns its points and seats.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 17",
    "<%= config.bin %> <%= command.id %> 17 --execute --confirm=17 --reason 'a bot'",
  ];
  static override args = { reservation: idArg("The reservation's id") };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ReservationRelease);
    const input = { reservationId: args.reservation };
    return this.runOperation("reservation.release", input, flags);
  }
}
