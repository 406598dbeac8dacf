import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { idArg } from "../../idArg.ts";

/** `onsale point ledger` */
export default class PointLedger extends AdminCommand {
  static override summary = "List the ledger entries of a user with the balance after each";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 42",
    "<%= config.bin %> <%= command.id %> 42 --before 4711 --limit 100",
  ];
  static override args = { user: idArg("The user's id") };
  static override flags = {
    before: Flags.integer({ min: 1, description: "Entries with a lower id: the next page" }),
    limit: Flags.integer({ default: 20, min: 1, max: 1000, description: "How many entries" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PointLedger);
    const { ledgerTable } = await import("../../sale/drawPoints.ts");
    return this.withCore(async (core) => {
      const { before: beforeId, limit } = flags;
      const userId = args.user;
      const account = await core.ledger.findAccount(null, userId);
      const entries = await core.ledger.entriesOf(null, userId, { beforeId, limit });
      if (account === undefined) this.say(`User ${userId} has no account: no points were charged.`);
      else this.say(`User ${userId}: ${account.balance} points, ${account.version} entries`);
      if (entries.length > 0) this.print(ledgerTable(entries));
      const last = entries.at(-1);
      if (last && entries.length === limit) this.say(`Next page: --before ${last.id}`);
      return { userId, account, entries };
    });
  }
}
