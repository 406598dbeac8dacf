import { Args, Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale queue list` */
export default class QueueList extends AdminCommand {
  static override summary = "List the waiting buyers in line, or the active ones";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --active --limit 100",
    "<%= config.bin %> <%= command.id %> main --after 1000",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = {
    active: Flags.boolean({ description: "The active buyers, by the end of their admission" }),
    after: Flags.integer({
      default: 0,
      min: 0,
      description: "Number of places to leave out at the start",
    }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many places" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueList);
    const { readPlaces, placeTable } = await import("../../queueReport.ts");
    return this.withCore(async (core) => {
      const status = flags.active ? "ACTIVE" : "WAITING";
      const page = { offset: flags.after, max: flags.limit };
      const { total, places } = await readPlaces(core, args.queue, { status, ...page });
      if (places.length === 0) this.say(`No such place; ${total} in all.`);
      else this.print(placeTable(places, flags.after));
      const rest = total - flags.after - places.length;
      if (rest > 0 && places.length > 0) this.say(`${rest} more; add --after.`);
      return { queueId: args.queue, status, total, places };
    });
  }
}
