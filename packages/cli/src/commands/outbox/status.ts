import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** Interval of --watch, ms: counting the outbox costs MySQL work. */
const WATCH_MS = 2000;

/** `onsale outbox status` */
export default class OutboxStatus extends AdminCommand {
  static override summary = "Show what waits for the broker, for how long, and why";
  static override description =
    "A growing age means that no relay has the bucket, that Kafka does not answer, or that a " +
    "topic accepts no messages: the last error of each failing topic says why. BLOCKED messages " +
    "wait behind an earlier failed one of their aggregate. A DEAD message failed " +
    "OUTBOX_ATTEMPTS_MAX times.";
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
    const { outboxStatus } = await import("@onsale/core");
    const { drawStatus } = await import("../../outbox/drawOutbox.ts");
    return this.withCore(async (core) => {
      const show = async () => {
        const status = await outboxStatus(core);
        this.print(drawStatus(status));
        return status;
      };
      return flags.watch ? this.watch(WATCH_MS, show) : show();
    });
  }
}
