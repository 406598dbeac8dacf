import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** Interval of --watch, ms. */
const WATCH_MS = 1000;

/** `onsale sales show` */
export default class SalesShow extends AdminCommand {
  static override summary = "Show how many seats of each performance are held and sold";
  static override description =
    "Reads the sales projection, which a consumer of the events keeps: it is behind the sale by " +
    "less than a second, and by more while `onsale outbox lag` shows unread messages. A hold " +
    "counts until a worker has ended it.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --after 120 --limit 50",
    "<%= config.bin %> <%= command.id %> --watch",
  ];
  static override flags = {
    after: Flags.integer({
      default: 0,
      min: 0,
      description: "Only performances with a higher id",
    }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many performances" }),
    watch: Flags.boolean({
      char: "w",
      description: "Read again every second until Ctrl-C; with --json one line for each look",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(SalesShow);
    const { salesTable } = await import("../../sales/drawSales.ts");
    return this.withCore(async (core) => {
      const show = async () => {
        const performances = await core.sales.list(null, flags.after, flags.limit);
        if (performances.length === 0) this.say("No such performance has a sale yet.");
        else this.print(salesTable(performances));
        return { performances };
      };
      return flags.watch ? this.watch(WATCH_MS, show) : show();
    });
  }
}
