import { AdminCommand } from "../../adminCommand.ts";
import { idArg } from "../../idArg.ts";

/** `onsale payment show` */
export default class PaymentShow extends AdminCommand {
  static override summary = "Show a payment with its reservation, ledger entries and messages";
  static override examples = ["<%= config.bin %> <%= command.id %> 9"];
  static override args = { payment: idArg("The payment's id") };

  async run(): Promise<unknown> {
    const { args } = await this.parse(PaymentShow);
    const { describePayment } = await import("@onsale/core");
    const { drawSale } = await import("../../sale/drawSale.ts");
    return this.withCore(async (core) => {
      const sale = await describePayment(core, args.payment);
      this.print(drawSale(sale));
      return sale;
    });
  }
}
