import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { selectionFlags } from "../../outbox/selectionFlags.ts";

const STATES = ["PENDING", "BLOCKED", "PUBLISHED", "DEAD", "DISCARDED"] as const;

/** `onsale outbox list` */
export default class OutboxList extends AdminCommand {
  static override summary = "List messages, newest first";
  static override description =
    "BLOCKED is a state of its own here: the message is pending and waits behind an earlier " +
    "failed message of its aggregate.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --status blocked",
    "<%= config.bin %> <%= command.id %> --aggregate-type payment --aggregate 7",
    "<%= config.bin %> <%= command.id %> --since 2026-11-28T10:00:00Z --before 4711",
  ];
  static override flags = {
    ...selectionFlags,
    status: Flags.option({
      options: STATES.map((state) => state.toLowerCase()),
      description: "Messages in this state only",
      helpGroup: "SELECTION",
    })(),
    before: Flags.integer({ min: 1, description: "Messages with a lower id: the next page" }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many messages" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(OutboxList);
    const { messageTable } = await import("../../outbox/drawOutbox.ts");
    const { listMessages } = await import("../../outbox/listMessages.ts");
    const state = STATES.find((known) => known.toLowerCase() === flags.status);
    return this.withCore(async (core) => {
      const messages = await listMessages(core, { ...flags, state });
      if (messages.length === 0) this.say("There is no such message.");
      else this.print(messageTable(messages));
      const last = messages.at(-1);
      if (last && messages.length === flags.limit) this.say(`Next page: --before ${last.id}`);
      return { messages };
    });
  }
}
