import { Args } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale outbox show` */
export default class OutboxShow extends AdminCommand {
  static override summary = "Show one message whole: payload, attempts, what blocks it";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 4711",
    "<%= config.bin %> <%= command.id %> 019a0e52-7c1f-7000-8000-000000000001",
  ];
  static override args = {
    message: Args.string({ required: true, description: "The id of the row, or the message id" }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(OutboxShow);
    const { describeMessage } = await import("@onsale/core");
    const { drawMessage } = await import("../../outbox/drawOutbox.ts");
    return this.withCore(async (core) => {
      const described = await describeMessage(core, args.message);
      this.print(drawMessage(described));
      return described;
    });
  }
}
