import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

const STATUSES = ["OWED", "DELIVERED", "DEAD"] as const;

/** `onsale notification list` */
export default class NotificationList extends AdminCommand {
  static override summary = "List the notifications for the webhook, newest first";
  static override description =
    "OWED: not accepted by the receiver yet. DEAD: given up after the last attempt.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --status dead",
    "<%= config.bin %> <%= command.id %> --reservation 5012",
  ];
  static override flags = {
    status: Flags.option({
      options: STATUSES.map((status) => status.toLowerCase()),
      description: "Notifications in this state only",
      helpGroup: "SELECTION",
    })(),
    reservation: Flags.integer({
      min: 1,
      description: "Notifications about this reservation and its payment",
      helpGroup: "SELECTION",
    }),
    before: Flags.integer({ min: 1, description: "Notifications with a lower id: the next page" }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(NotificationList);
    const { notificationTable } = await import("../../notification/drawNotification.ts");
    const { before, limit, reservation } = flags;
    const status = STATUSES.find((known) => known.toLowerCase() === flags.status);
    return this.withCore(async (core) => {
      const selection = { status, reservationId: reservation };
      const page = { beforeId: before, max: limit };
      const notifications = await core.deliveryLog.list(null, selection, page);
      if (notifications.length === 0) this.say("There is no such notification.");
      else this.print(notificationTable(notifications));
      const last = notifications.at(-1);
      if (last && notifications.length === limit) this.say(`Next page: --before ${last.id}`);
      return { notifications };
    });
  }
}
