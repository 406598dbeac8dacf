import { Args } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale queue resume` */
export default class QueueResume extends OperationCommand {
  static override summary = "Admit waiting buyers again after `queue pause`";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --execute",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueResume);
    const input = { queueId: args.queue, settings: { mode: "open" } };
    return this.runOperation("queue.configure", input, flags);
  }
}
