import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** Interval of --watch, ms: counting the outbox costs MySQL work. */
const WATCH_MS = 2000;

/** A relay publishes sooner; so an older message is a reason to ask Kafka whether it answers. */
const LATE_MS = 2000;

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
    const { inspectBrokers, outboxStatus } = await import("@onsale/core");
    const { drawStatus } = await import("../../outbox/drawOutbox.ts");
    return this.withCore(async (core, config) => {
      const show = async () => {
        const status = await outboxStatus(core);
        const isLate = status.oldestPendingAgeMs > LATE_MS;
        const broker = isLate ? await inspectBrokers(config) : undefined;
        this.print(drawStatus(status, broker));
        return { ...status, broker };
      };
      return flags.watch ? this.watch(WATCH_MS, show) : show();
    });
  }
}
