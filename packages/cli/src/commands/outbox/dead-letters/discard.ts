import { OperationCommand } from "../../../operation/operationCommand.ts";
import { operationFlags } from "../../../operation/operationFlags.ts";
import {
  idFlag,
  SELECTION_FIELD_FLAGS,
  selectionFlags,
  selectionInput,
} from "../../../outbox/selectionFlags.ts";

/** `onsale outbox dead-letters discard` */
export default class DeadLettersDiscard extends OperationCommand {
  static override summary = "Never publish these dead messages; later ones of the aggregate follow";
  static override description =
    "Dangerous: no consumer will receive them, and nothing brings them back. The messages stay " +
    "as DISCARDED with the audit record of the decision. Needs --confirm and --reason.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --id 4711",
    "<%= config.bin %> <%= command.id %> --id 4711 --confirm 4711 --reason 'WHY' --execute",
  ];
  static override flags = { ...idFlag, ...selectionFlags, ...operationFlags };

  protected override readonly fieldFlags = SELECTION_FIELD_FLAGS;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DeadLettersDiscard);
    return this.runOperation("outbox.discard", selectionInput(flags), flags);
  }
}
