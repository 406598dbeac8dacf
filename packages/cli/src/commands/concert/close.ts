import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";

/** `onsale concert close` */
export default class ConcertClose extends OperationCommand {
  static override summary = "End the sale of all performances of a concert now";
  static override description =
    "No new hold is possible afterwards. Unpaid holds can still be paid until they expire. " +
    "`undo` opens the sale again.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 12",
    "<%= config.bin %> <%= command.id %> 12 --execute",
  ];
  static override args = { concert: idArg("The concert's id") };
  static override flags = operationFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ConcertClose);
    return this.runOperation("concert.close", { concertId: args.concert }, flags);
  }
}
