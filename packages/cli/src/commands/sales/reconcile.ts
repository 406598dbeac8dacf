import { AdminCommand } from "../../adminCommand.ts";

/** `onsale sales reconcile` */
export default class SalesReconcile extends AdminCommand {
  static override summary = "Compare the sales figures with the reservations";
  static override description =
    "Compares what is counted for each reservation with the reservation, and the figures of each " +
    "performance with their sum. A reservation whose message is still on its way counts as " +
    "behind, not as wrong. Reads only. Exit code 1 when a figure is wrong.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<unknown> {
    await this.parse(SalesReconcile);
    const { checkSales, hasDrifted } = await import("@onsale/core");
    const { drawSalesReport } = await import("../../sales/drawSales.ts");
    return this.withCore(async (core) => {
      const report = await checkSales(core);
      this.print(drawSalesReport(report));
      if (hasDrifted(report)) this.fail();
      return { holds: !hasDrifted(report), ...report };
    });
  }
}
