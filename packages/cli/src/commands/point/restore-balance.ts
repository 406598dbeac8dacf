import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale point restore-balance` */
export default class PointRestoreBalance extends OperationCommand {
  static override summary = "Set the balance of one user to the sum of an unbroken ledger";
  static override description =
    "Repairs a balance that contradicts the ledger, and nothing else. The command is refused " +
    "when an entry is missing or changed, because then the ledger does not show the right " +
    "balance. Appends no entry.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 42",
    "<%= config.bin %> <%= command.id %> 42 --execute --confirm=42 --reason 'a damaged row'",
  ];
  static override args = { user: idArg("The user's id") };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PointRestoreBalance);
    return this.runOperation("point.restoreBalance", { userId: args.user }, flags);
  }
}
