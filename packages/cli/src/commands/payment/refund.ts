import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale payment refund` */
export default class PaymentRefund extends OperationCommand {
  static override summary =
    "Return the points of a payment to its buyer, and its seats to the sale";
  static override description =
    "The rules are those of the buyer's own refund: once, and before the performance begins.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 9",
    "<%= config.bin %> <%= command.id %> 9 --execute --confirm=9 --reason 'ticket 1234'",
  ];
  static override args = { payment: idArg("The payment's id") };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PaymentRefund);
    return this.runOperation("payment.refund", { paymentId: args.payment }, flags);
  }
}
