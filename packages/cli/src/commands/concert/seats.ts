import { AdminCommand } from "../../adminCommand.ts";
import { CliError } from "../../cliError.ts";
import { idArg } from "../../idArg.ts";

/** `onsale concert seats` */
export default class ConcertSeats extends AdminCommand {
  static override summary = "Draw the seat map of a performance";
  static override description = "One sign for each seat: . for sale, h held, # sold.";
  static override examples = [
    "<%= config.bin %> concert list",
    "<%= config.bin %> <%= command.id %> 1",
  ];
  static override args = {
    performance: idArg("The performance's id"),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ConcertSeats);
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
      this.say(`${performance.title}, ${performance.venue}, ${performance.startsAt.toISOString()}`);
      this.print(drawSeatMap(seats));
      this.say(
        `${counts.AVAILABLE} for sale (.), ${counts.HELD} held (h), ${counts.SOLD} sold (#)`,
      );
      return { performance, counts, seats };
    });
  }
}
