import { Args, Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";
import type { Drill } from "../../drill/drill.ts";

/** `onsale runbook drill` */
export default class RunbookDrill extends AdminCommand {
  static override summary = "Cause an incident on the devstack, and repair it with its runbook";
  static override description =
    "Uses the servers of `stack up` with data of its own, and starts an API process, a worker " +
    "and simulated buyers. When the sale is healthy, the drill causes the incident and repeats " +
    "the checks of doctor each second until the finding of the runbook appears. Then the drill " +
    "executes the runbook, with its manual steps. Afterwards every message must be applied, and " +
    "I1 to I10 must have no violation. DETECTED counts from the incident, BOUND is the longest " +
    "time until the finding can appear, and REPAIRED counts from the plan to the verification. " +
    "Some drills break a server, which other programs on the devstack notice. Exit code 1 when " +
    "a drill fails.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> queue-stuck",
    "<%= config.bin %> <%= command.id %> --all --json > drills.json",
  ];
  static override args = {
    name: Args.string({ description: "The runbook's name" }),
  };
  static override flags = {
    all: Flags.boolean({ description: "Run every drill, one after the other" }),
    keep: Flags.boolean({ description: "Keep the database of each drill" }),
    "stack-down": Flags.boolean({ description: "Stop the servers of the devstack at the end" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RunbookDrill);
    const drills = await chooseDrills(args.name, flags.all);
    const { drillServers } = await import("../../drill/drillServers.ts");
    const { drawDrills } = await import("../../drill/drawDrills.ts");
    const say = (line: string): void => this.say(line);
    const signal = this.interruptSignal();
    const { stack, status } = await drillServers(drills, this.profileName(), say);
    const { runDrills } = await import("../../drill/runDrills.ts");
    const results = await runDrills(drills, { stack, keep: flags.keep, signal, say }).finally(
      async () => {
        if (flags["stack-down"]) await stack.down();
      },
    );
    this.print(drawDrills(results));
    if (!results.every(({ outcome }) => outcome === "repaired")) this.fail();
    return { servers: status.map(({ name, flavour }) => ({ name, flavour })), results };
  }
}

/** @throws CliError with exit code 2 for a runbook without a drill, and without a choice */
async function chooseDrills(name: string | undefined, all: boolean): Promise<readonly Drill[]> {
  const { DRILLS, drillOf } = await import("../../drill/drillList.ts");
  if (all ? name !== undefined : name === undefined) {
    throw new CliError("USAGE", "Name one runbook, or use --all", {
      exitCode: EXIT.usage,
      next: "`onsale runbook list` shows which runbooks have a drill.",
    });
  }
  if (name === undefined) return DRILLS;
  const { findRunbook } = await import("@onsale/core");
  const drill = drillOf(findRunbook(name).name);
  if (drill) return [drill];
  throw new CliError("NO_DRILL", `The runbook ${name} has no drill yet`, {
    exitCode: EXIT.usage,
    next: `Runbooks with a drill: ${DRILLS.map(({ runbook }) => runbook).join(", ")}.`,
  });
}
