import { AdminCommand } from "../../adminCommand.ts";
import { idArg } from "../../idArg.ts";

/** `onsale reservation show` */
export default class ReservationShow extends AdminCommand {
  static override summary =
    "Show a reservation: state, seats, payment, messages, what can change it";
  static override examples = ["<%= config.bin %> <%= command.id %> 17"];
  static override args = { reservation: idArg("The reservation's id") };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ReservationShow);
    const { describeReservation } = await import("@onsale/core");
    const { drawSale } = await import("../../sale/drawSale.ts");
    return this.withCore(async (core) => {
      const sale = await describeReservation(core, args.reservation);
      this.print(drawSale(sale));
      return sale;
    });
  }
}
