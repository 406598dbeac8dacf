import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { withoutUndefined } from "../../operation/withoutUndefined.ts";

/** `onsale reservation release` */
export default class ReservationRelease extends OperationCommand {
  static override summary = "End an unpaid hold of a buyer; its seats are for sale again";
  static override description =
    "A paid reservation is refused: `onsale payment refund` returns its points and seats. With " +
    "--seat, only these seats are released, and the hold keeps the others.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 17",
    "<%= config.bin %> <%= command.id %> 17 --seat A-12 --seat A-13",
    "<%= config.bin %> <%= command.id %> 17 --execute --confirm=17 --reason 'a bot'",
  ];
  static override args = { reservation: idArg("The reservation's id") };
  static override flags = {
    ...operationFlags,
    seat: Flags.string({
      multiple: true,
      description: "Number of a seat to release alone; repeat the flag for several",
    }),
  };

  protected override readonly fieldFlags = { seats: "--seat" };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ReservationRelease);
    const input = withoutUndefined({ reservationId: args.reservation, seats: flags.seat });
    return this.runOperation("reservation.release", input, flags);
  }
}
