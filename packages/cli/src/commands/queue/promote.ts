import { Args, Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags, timeoutFlag } from "../../operation/operationFlags.ts";

/** `onsale queue promote` */
export default class QueuePromote extends OperationCommand {
  static override summary = "Admit the first waiting buyers now, also while the queue is paused";
  static override description =
    "The active count max and the admission rate still limit the admissions. Use the " +
    "command to let a few buyers in " +
    "before a paused queue is opened, or while no worker runs.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main --count 20",
    "<%= config.bin %> <%= command.id %> main --count 20 --execute",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = {
    ...operationFlags,
    ...bulkFlags,
    timeout: timeoutFlag(),
    count: Flags.integer({
      required: true,
      min: 1,
      max: 100_000,
      description: "How many of the first waiting buyers",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueuePromote);
    const input = { queueId: args.queue, count: flags.count };
    return this.runOperation("queue.promote", input, flags);
  }
}
