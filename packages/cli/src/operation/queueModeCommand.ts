import { Args } from "@oclif/core";
import { OperationCommand } from "./operationCommand.ts";
import { operationFlags } from "./operationFlags.ts";

/** The base class of commands that set the mode of a queue. */
export abstract class QueueModeCommand extends OperationCommand {
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --execute",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = operationFlags;

  protected abstract readonly mode: "open" | "paused";

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueModeCommand);
    const input = { queueId: args.queue, settings: { mode: this.mode } };
    return this.runOperation("queue.configure", input, flags);
  }
}
