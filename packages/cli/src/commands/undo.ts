import { idArg } from "../idArg.ts";
import { OperationCommand } from "../operation/operationCommand.ts";
import { operationFlags } from "../operation/operationFlags.ts";

/** `onsale undo` */
export default class Undo extends OperationCommand {
  static override summary = "Revert an audited change by a plan of its own";
  static override description =
    "Plans the inverse of the change that the audit record shows. A change without an inverse is " +
    "refused with the reason.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 17",
    "<%= config.bin %> <%= command.id %> 17 --execute",
  ];
  static override args = {
    audit: idArg("Id of the audit record"),
  };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Undo);
    const { inverseOf, planUndo } = await import("@onsale/core");
    if (!flags.execute) {
      return this.showPlan(await this.withCore((core) => planUndo(core, args.audit)));
    }
    const { operation, input } = await this.withCore((core) => inverseOf(core, args.audit));
    return this.runOperation(operation.name, input, { ...flags, undoes: args.audit });
  }
}
