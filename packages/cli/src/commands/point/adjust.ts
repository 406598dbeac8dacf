import { Flags } from "@oclif/core";
import { idArg } from "../../idArg.ts";
import { OperationCommand } from "../../operation/operationCommand.ts";
import { operationFlags } from "../../operation/operationFlags.ts";
import { pointChange } from "../../sale/pointChange.ts";

/** `onsale point adjust` */
export default class PointAdjust extends OperationCommand {
  static override summary = "Correct the points of one user by a ledger entry";
  static override description =
    "The entry names its audit record, which has the reason. A balance never falls below zero. " +
    "`onsale undo` posts the opposite entry.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> 42 --amount +500",
    "<%= config.bin %> <%= command.id %> 42 --amount -200",
    "<%= config.bin %> <%= command.id %> 42 --amount +500 --execute --confirm=42 " +
      "--reason 'a lost charge'",
  ];
  static override args = { user: idArg("The user's id") };
  static override flags = {
    ...operationFlags,
    amount: Flags.custom<number>({
      required: true,
      description: "Points to add or to take away, with the sign: +500 or -200",
      parse: async (text) => pointChange(text),
    })(),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(PointAdjust);
    const { amount, ...request } = flags;
    return this.runOperation("point.adjust", { userId: args.user, change: amount }, request);
  }
}
