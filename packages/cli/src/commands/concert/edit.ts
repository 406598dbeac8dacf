import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { withoutUndefined } from "../../operation/withoutUndefined.ts";

/** `onsale concert edit` */
export default class ConcertEdit extends OperationCommand {
  static override summary = "Change title or singer of a concert";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 12 --title 'Rush, the encore'",
    "<%= config.bin %> <%= command.id %> 12 --title 'Rush, the encore' --execute",
  ];
  static override args = { concert: idArg("The concert's id") };
  static override flags = {
    ...operationFlags,
    title: Flags.string({ description: "The new title" }),
    singer: Flags.string({ description: "The new singer" }),
  };

  protected override readonly fieldFlags = {
    changes: "--title or --singer",
    "changes.title": "--title",
    "changes.singer": "--singer",
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ConcertEdit);
    const changes = withoutUndefined({ title: flags.title, singer: flags.singer });
    return this.runOperation("concert.edit", { concertId: args.concert, changes }, flags);
  }
}
