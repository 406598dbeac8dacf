import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../operation/operationFlags.ts";

/** `onsale notification retry` */
export default class NotificationRetry extends OperationCommand {
  static override summary = "Deliver the notifications now that wait after a failed attempt";
  static override description =
    "After a long outage of the receiver, a notification waits up to an hour for its next " +
    "attempt. The receiver must answer first. The attempts, and the pauses, begin anew.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --execute",
  ];
  static override flags = { ...operationFlags, ...bulkFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(NotificationRetry);
    return this.runOperation("notification.retry", {}, flags);
  }
}
