import { Flags } from "@oclif/core";
import { AdminCommand } from "../../../adminCommand.ts";
import { selectionFlags } from "../../../outbox/selectionFlags.ts";

/** `onsale outbox dead-letters list` */
export default class DeadLettersList extends AdminCommand {
  static override summary = "List messages that the broker refused too often, with their errors";
  static override description =
    "These messages reached no consumer. A message that a consumer could not process is on the " +
    "dead-letter topic instead, once for each such consumer; the log event " +
    "consumer.dead_letter_sent names it.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --aggregate-type reservation",
  ];
  static override flags = {
    ...selectionFlags,
    before: Flags.integer({ min: 1, description: "Messages with a lower id: the next page" }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many messages" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DeadLettersList);
    const { deadTable } = await import("../../../outbox/drawOutbox.ts");
    const { listMessages } = await import("../../../outbox/listMessages.ts");
    return this.withCore(async (core) => {
      const messages = await listMessages(core, { ...flags, state: "DEAD" });
      if (messages.length === 0) this.say("No message is dead.");
      else this.print(deadTable(messages));
      return { messages };
    });
  }
}
