import { Flags } from "@oclif/core";
import type { PerformanceSummary } from "@onsale/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale concert list` */
export default class ConcertList extends AdminCommand {
  static override summary = "List concerts and their performances";
  static override description =
    "FREE is the number of free seats, those for guests who need an accessible one apart; closed " +
    "or begun where they cannot be bought any more.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --title night --json",
  ];
  static override flags = {
    title: Flags.string({ description: "Part of the title" }),
    singer: Flags.string({ description: "Part of the singer's name" }),
    limit: Flags.integer({ default: 20, min: 1, max: 100, description: "How many concerts" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ConcertList);
    const { venueTime } = await import("@onsale/core");
    const { table } = await import("../../terminal/table.ts");
    const { saleState } = await import("../../concert/saleState.ts");
    const freeText = (performance: PerformanceSummary, nowMs: number): string => {
      const state = saleState(performance, nowMs);
      if (state === "closed" || state === "begun") return state;
      const { availableSeats, availableAccessibleSeats: accessible } = performance;
      return accessible === 0
        ? `${availableSeats}`
        : `${availableSeats} + ${accessible} accessible`;
    };
    return this.withCore(async (core) => {
      // Without the cache of buyers, whose counts may be a second old: an operator looks right
      // after a change.
      const found = await core.catalog.listConcerts(null, flags);
      const concerts = await Promise.all(
        found.map(async (concert) => ({
          ...concert,
          performances: await core.catalog.performancesOf(null, concert.id),
        })),
      );
      const rows = concerts.flatMap(({ id, title, singer, queueId, performances }) =>
        performances.map((performance) => [
          String(id),
          title,
          singer,
          queueId,
          String(performance.id),
          startText(venueTime(performance)),
          performance.venue,
          freeText(performance, core.clock.nowMs()),
        ]),
      );
      if (rows.length === 0) this.say("No concert yet. `onsale serve` creates one to try with.");
      const head = ["CONCERT", "TITLE", "SINGER", "QUEUE", "PERF.", "STARTS", "VENUE", "FREE"];
      this.print(table(head, rows));
      return { concerts };
    });
  }
}

/** "2026-12-25 19:30-08:00": the time at the venue. A start has no seconds. */
const startText = ({ date, time }: { readonly date: string; readonly time: string }): string =>
  `${date} ${time.slice(0, 5)}${time.slice(8)}`;
