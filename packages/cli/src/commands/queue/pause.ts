import { Args } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale queue pause` */
export default class QueuePause extends OperationCommand {
  static override summary =
    "Stop admitting waiting buyers; they keep their places, and others may still join";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --execute",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueuePause);
    const input = { queueId: args.queue, settings: { mode: "paused" } };
    return this.runOperation("queue.configure", input, flags);
  }
}
