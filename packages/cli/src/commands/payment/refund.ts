import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { withoutUndefined } from "../../operation/withoutUndefined.ts";

/** `onsale payment refund` */
export default class PaymentRefund extends OperationCommand {
  static override summary =
    "Return the points of a payment to its buyer, and its seats to the sale";
  static override description =
    "The rules are those of the buyer's own refund: once, and before the performance begins. " +
    "With --seat, the buyer gets back the prices of these seats, and keeps the others.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 9",
    "<%= config.bin %> <%= command.id %> 9 --seat A-12",
    "<%= config.bin %> <%= command.id %> 9 --execute --confirm=9 --reason 'ticket 1234'",
  ];
  static override args = { payment: idArg("The payment's id") };
  static override flags = {
    ...operationFlags,
    seat: Flags.string({
      multiple: true,
      description: "Number of a seat to refund alone; repeat the flag for several",
    }),
  };

  protected override readonly fieldFlags = { seats: "--seat" };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PaymentRefund);
    const input = withoutUndefined({ paymentId: args.payment, seats: flags.seat });
    return this.runOperation("payment.refund", input, flags);
  }
}
