import { AdminCommand } from "../../adminCommand.ts";
import { CliError } from "../../cliError.ts";
import type { SaleState } from "../../concert/saleState.ts";
import { idArg } from "../../idArg.ts";

/** Describes the free seats of a performance in each state of its sale. */
const FREE: Readonly<Record<SaleState, string>> = {
  open: "for sale",
  ahead: "free, for sale when the sale opens",
  closed: "free, not for sale: the sale has ended",
  begun: "free, not for sale: the performance has begun",
};

/** `onsale concert seats` */
export default class ConcertSeats extends AdminCommand {
  static override summary = "Draw the seat map of a performance";
  static override description =
    "One sign for each seat: . free, h held, # sold, x kept back by the box office, with the " +
    "reasons below the map. The last line says whether free seats can be bought.";
  static override examples = [
    "<%= config.bin %> concert list",
    "<%= config.bin %> <%= command.id %> 1",
  ];
  static override args = {
    performance: idArg("The performance's id"),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ConcertSeats);
    const { venueTime } = await import("@onsale/core");
    const { saleState } = await import("../../concert/saleState.ts");
    const { drawSeatMap, seatCounts } = await import("../../terminal/seatMap.ts");
    return this.withCore(async (core) => {
      const performance = await core.catalog.findPerformance(null, args.performance);
      if (performance === undefined) {
        throw new CliError("PERFORMANCE_NOT_FOUND", `There is no performance ${args.performance}`, {
          next: "`onsale concert list` shows the performances and their ids.",
        });
      }
      const seats = await core.seats.ofPerformance(null, args.performance);
      const counts = seatCounts(seats);
      const { date, time } = venueTime(performance);
      this.say(`${performance.title}, ${performance.venue}, ${date} ${time}`);
      this.print(drawSeatMap(seats));
      const blocks = await core.seats.blocks(null, args.performance);
      for (const [reason, some] of Map.groupBy(blocks, (one) => one.reason)) {
        this.say(`x ${reason}: ${some.map(({ seatNo }) => seatNo).join(", ")}`);
      }
      const state = saleState(performance, core.clock.nowMs());
      const taken = `${counts.HELD} held (h), ${counts.SOLD} sold (#)`;
      const kept = counts.BLOCKED === 0 ? "" : `, ${counts.BLOCKED} kept back (x)`;
      this.say(`${counts.AVAILABLE} ${FREE[state]} (.), ${taken}${kept}`);
      return { performance, counts, seats, blocks };
    });
  }
}
