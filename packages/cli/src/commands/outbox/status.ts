import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** Interval of --watch, ms: counting the outbox costs MySQL work. */
const WATCH_MS = 2000;

/** `onsale outbox status` */
export default class OutboxStatus extends AdminCommand {
  static override summary = "Show how many messages wait for the broker, and for how long";
  static override description =
    "A growing pending age means that no worker runs or that Kafka does not answer. A DEAD " +
    "message failed OUTBOX_ATTEMPTS_MAX times and blocks the later messages of its aggregate.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --watch",
  ];
  static override flags = {
    watch: Flags.boolean({
      char: "w",
      description: "Ask again every 2 seconds until Ctrl-C; with --json one line for each look",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(OutboxStatus);
    const { table } = await import("../../terminal/table.ts");
    return this.withCore(async (core) => {
      const show = async () => {
        const counts = await core.outbox.counts(null);
        const { pending, published, dead, oldestPendingAgeMs } = counts;
        const age = `${(oldestPendingAgeMs / 1000).toFixed(1)} s`;
        const row = [String(pending), age, String(published), String(dead)];
        this.print(table(["PENDING", "OLDEST PENDING", "PUBLISHED", "DEAD"], [row]));
        return counts;
      };
      return flags.watch ? this.watch(WATCH_MS, show) : show();
    });
  }
}
