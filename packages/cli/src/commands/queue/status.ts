import { Args, Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** Interval of --watch, ms: short enough to see the queue move, and cheap for Redis. */
const WATCH_MS = 1000;

/** `onsale queue status` */
export default class QueueStatus extends AdminCommand {
  static override summary = "Show how many buyers wait and are active, and the limits of admission";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> main --watch",
  ];
  static override args = {
    queue: Args.string({ description: "The queue's id; all queues when left out" }),
  };
  static override flags = {
    watch: Flags.boolean({
      char: "w",
      description: "Ask again every second until Ctrl-C; with --json one line for each look",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueStatus);
    const { readQueues, queueTable } = await import("../../queueReport.ts");
    return this.withCore(async (core) => {
      const show = async () => {
        const queues = await readQueues(core, args.queue);
        this.print(queueTable(queues));
        return { queues };
      };
      return flags.watch ? this.watch(WATCH_MS, show) : show();
    });
  }
}
