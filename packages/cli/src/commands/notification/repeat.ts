import { Args, Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../operation/operationFlags.ts";

/** `onsale notification repeat` */
export default class NotificationRepeat extends OperationCommand {
  static override summary = "Deliver notifications once more that were delivered or given up";
  static override description =
    "For a receiver that has lost or refused them. Name a message, a reservation, or --dead. The " +
    "receiver recognises a repetition by the id.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 019a0e52-7c1f-7000-8000-000000000001 --execute",
    "<%= config.bin %> <%= command.id %> --reservation 5012",
    "<%= config.bin %> <%= command.id %> --dead --execute",
  ];
  static override args = {
    message: Args.string({ description: "The message id" }),
  };
  static override flags = {
    reservation: Flags.integer({
      min: 1,
      description: "Notifications about this reservation and its payment",
      helpGroup: "SELECTION",
    }),
    dead: Flags.boolean({
      description: "Only notifications that were given up",
      helpGroup: "SELECTION",
    }),
    ...operationFlags,
    ...bulkFlags,
  };

  protected override readonly fieldFlags = {
    reservationId: "--reservation",
    status: "--dead",
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(NotificationRepeat);
    const input = {
      ...(args.message === undefined ? {} : { messageId: args.message }),
      ...(flags.reservation === undefined ? {} : { reservationId: flags.reservation }),
      ...(flags.dead ? { status: "DEAD" } : {}),
    };
    return this.runOperation("notification.repeat", input, flags);
  }
}
