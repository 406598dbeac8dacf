import { OperationCommand } from "../../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../../operation/operationFlags.ts";
import {
  idFlag,
  SELECTION_FIELD_FLAGS,
  selectionFlags,
  selectionInput,
} from "../../../outbox/selectionFlags.ts";

/** `onsale outbox dead-letters redrive` */
export default class DeadLettersRedrive extends OperationCommand {
  static override summary = "Publish dead messages after their cause was mended";
  static override description =
    "The messages get all their attempts again, the oldest of each aggregate first. Without a " +
    "selection, all dead messages.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --id 4711 --execute",
  ];
  static override flags = { ...idFlag, ...selectionFlags, ...operationFlags, ...bulkFlags };

  protected override readonly fieldFlags = SELECTION_FIELD_FLAGS;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DeadLettersRedrive);
    return this.runOperation("outbox.redrive", selectionInput(flags), flags);
  }
}
