import { AdminCommand } from "../../adminCommand.ts";
import { optionalIdArg } from "../../idArg.ts";

/** `onsale point reconcile` */
export default class PointReconcile extends AdminCommand {
  static override summary = "Compare balances with the ledger, the payments and the reservations";
  static override description =
    "Checks the invariants I3 and I4 and names every difference: for one user on the rows of " +
    "this user, else for all on a snapshot. Reads only. Exit code 1 when there is a difference.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> 42",
  ];
  static override args = { user: optionalIdArg("The user's id; all users when left out") };

  async run(): Promise<unknown> {
    const { args } = await this.parse(PointReconcile);
    const { checkInvariants, reconcileAccount } = await import("@onsale/core");
    const { drawReconciled, drawReconciledAll } = await import("../../sale/drawPoints.ts");
    const { user } = args;
    return this.withCore(async (core) => {
      if (user !== undefined) {
        const reconciled = await reconcileAccount(core, user);
        this.print(drawReconciled(reconciled));
        if (reconciled.differences.length > 0) this.fail();
        return { holds: reconciled.differences.length === 0, ...reconciled };
      }
      const report = await checkInvariants(core, { ids: ["I3", "I4"] });
      this.print(drawReconciledAll(report));
      if (!report.holds) this.fail();
      return report;
    });
  }
}
