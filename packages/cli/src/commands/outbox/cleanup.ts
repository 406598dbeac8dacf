import { Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../operation/operationFlags.ts";

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
/** The greatest age that the operation accepts: 100 years. */
const AGE_MAX_DAYS = 36_500;

/** `onsale outbox cleanup` */
export default class OutboxCleanup extends OperationCommand {
  static override summary = "Delete messages that were published long ago";
  static override description =
    "A worker does this every minute. The command is for an outbox that has grown while no " +
    "worker ran. An age below RETENTION_MS is refused.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --older-than-days 30",
    "<%= config.bin %> <%= command.id %> --older-than-days 30 --rps 2000 --execute",
  ];
  static override flags = {
    "older-than-days": Flags.integer({
      required: true,
      min: 1,
      max: AGE_MAX_DAYS,
      description: "Age since the first publication",
    }),
    ...operationFlags,
    ...bulkFlags,
  };

  protected override readonly fieldFlags = { olderThanMs: "--older-than-days" };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(OutboxCleanup);
    const olderThanMs = flags["older-than-days"] * DAY_HOURS * HOUR_MS;
    return this.runOperation("outbox.cleanUp", { olderThanMs }, flags);
  }
}
