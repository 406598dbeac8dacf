import { Flags } from "@oclif/core";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { bulkFlags, operationFlags } from "../../operation/operationFlags.ts";
import {
  idFlag,
  SELECTION_FIELD_FLAGS,
  selectionFlags,
  selectionInput,
} from "../../outbox/selectionFlags.ts";

/** Relays publish faster than this, so new messages do not wait behind the replayed ones. */
const RPS_DEFAULT = 500;

/** `onsale outbox replay` */
export default class OutboxReplay extends OperationCommand {
  static override summary = "Publish messages again, with their ids and in order";
  static override description =
    "Published messages become pending, and the relays publish them again. The messages keep " +
    "their message ids, so a consumer with an inbox ignores each message that it has already " +
    "applied. Messages that were published longer ago than RETENTION_MS are left out, because " +
    "consumers may have forgotten their ids. Without --id or --aggregate, --until must name a " +
    "time in the past.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> --id 4711",
    "<%= config.bin %> <%= command.id %> --aggregate-type payment --aggregate 7 --execute",
    {
      description: "Everything that a consumer lost within an hour, and stop when the relays lag",
      command:
        "<%= config.bin %> <%= command.id %> --since 2026-11-28T10:00:00Z " +
        "--until 2026-11-28T11:00:00Z --abort-if 'outbox.oldest>30s' --execute",
    },
  ];
  static override flags = {
    ...idFlag,
    ...selectionFlags,
    status: Flags.option({
      options: ["published", "dead"] as const,
      default: "published" as const,
      description: "Messages in this state",
      helpGroup: "SELECTION",
    })(),
    ...operationFlags,
    ...bulkFlags,
    rps: Flags.integer({
      description: "Maximum number of messages per second",
      min: 1,
      default: RPS_DEFAULT,
      helpGroup: "OPERATION",
    }),
  };

  protected override readonly fieldFlags = SELECTION_FIELD_FLAGS;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(OutboxReplay);
    const status = flags.status.toUpperCase();
    return this.runOperation("outbox.replay", { ...selectionInput(flags), status }, flags);
  }
}
