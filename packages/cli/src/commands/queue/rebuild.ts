import { Args, Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale queue rebuild` */
export default class QueueRebuild extends OperationCommand {
  static override summary = "Restore the Redis state of a queue from MySQL";
  static override description =
    "Settings and live admissions come from MySQL; waiting buyers return by their tokens. " +
    "The next request rebuilds a lost queue by itself; this command rebuilds it before that.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> main",
    "<%= config.bin %> <%= command.id %> main --execute",
  ];
  static override args = {
    queue: Args.string({ required: true, description: "The queue's id" }),
  };
  static override flags = {
    ...operationFlags,
    "discard-state": Flags.boolean({
      default: false,
      description: "Dangerous: remove the state that Redis has, then rebuild",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(QueueRebuild);
    const input = { queueId: args.queue, discardState: flags["discard-state"] };
    return this.runOperation("queue.rebuild", input, flags);
  }
}
