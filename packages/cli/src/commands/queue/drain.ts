import { Args, Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags, timeoutFlag } from "../../operation/operationFlags.ts";

/** `onsale queue drain` */
export default class QueueDrain extends OperationCommand {
  static override summary = "Stop new joins and wait until the buyers in the queue are done";
  static override description =
    "Waiting buyers are still admitted, at the usual rate, and active buyers finish. " +
    "`queue open` opens the queue again. A run that stops leaves the queue draining; another " +
    "run of the same job continues.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --timeout 10min --execute",
    {
      description: "End the waiting places immediately; only active buyers finish",
      command:
        "<%= config.bin %> <%= command.id %> main --discard-waiting --execute --confirm=main " +
        "--reason 'the show is cancelled'",
    },
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = {
    ...operationFlags,
    timeout: timeoutFlag(),
    "discard-waiting": Flags.boolean({
      default: false,
      description: "Dangerous: the waiting buyers lose their places",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueDrain);
    const input = { queueId: args.queue, discardWaiting: flags["discard-waiting"] };
    return this.runOperation("queue.drain", input, flags);
  }
}
