import { Args } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale notification show` */
export default class NotificationShow extends AdminCommand {
  static override summary = "Show one notification whole: its body and each attempt to deliver it";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 019a0e52-7c1f-7000-8000-000000000001",
  ];
  static override args = {
    message: Args.string({ required: true, description: "The message id" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(NotificationShow);
    const { findNotification } = await import("@onsale/core");
    const { drawNotification } = await import("../../notification/drawNotification.ts");
    return this.withCore(async (core) => {
      const found = await findNotification(core, args.message);
      this.print(drawNotification(found));
      return found;
    });
  }
}
