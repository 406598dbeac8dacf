import { Args } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale queue revoke` */
export default class QueueRevoke extends OperationCommand {
  static override summary = "Make all queue tokens of a queue invalid";
  static override description =
    "Use it when tokens have leaked. Buyers keep their places: a buyer who joins again with the " +
    "access token gets the same place and a new queue token.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --execute --confirm=main --reason 'tokens leaked'",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueRevoke);
    return this.runOperation("queue.revoke", { queueId: args.queue }, flags);
  }
}
