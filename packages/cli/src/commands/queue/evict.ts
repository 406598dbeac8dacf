import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale queue evict` */
export default class QueueEvict extends OperationCommand {
  static override summary = "End the place and the unpaid holds of one buyer";
  static override description =
    "Paid seats stay. The buyer may join again, at the end of the line.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 42 --queue main",
    "<%= config.bin %> <%= command.id %> 42 --queue main --execute --confirm=42 --reason 'a bot'",
  ];
  static override args = { user: idArg("The buyer's user id") };
  static override flags = {
    ...operationFlags,
    queue: Flags.string({ required: true, description: "The queue's id" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueEvict);
    const input = { queueId: flags.queue, userId: args.user };
    return this.runOperation("queue.evict", input, flags);
  }
}
