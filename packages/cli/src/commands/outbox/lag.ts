import { AdminCommand } from "../../adminCommand.ts";

/** `onsale outbox lag` */
export default class OutboxLag extends AdminCommand {
  static override summary = "Show how far each consumer is behind, by topic and partition";
  static override description =
    "Asks Kafka, for a few seconds at most. Partitions without any message are left out.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<unknown> {
    await this.parse(OutboxLag);
    const { consumerLag } = await import("@onsale/core");
    const { drawLag } = await import("../../outbox/drawOutbox.ts");
    return this.withCore(async (core) => {
      const groups = await consumerLag(core);
      this.print(drawLag(groups));
      return { groups };
    });
  }
}
