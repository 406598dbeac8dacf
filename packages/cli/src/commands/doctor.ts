import { Flags } from "@oclif/core";
import type { InvariantMode } from "@onsale/core";
import { AdminCommand } from "../adminCommand.ts";

/** `onsale doctor` */
export default class Doctor extends AdminCommand {
  static override summary = "Find everything that makes the product unhealthy, and the next step";
  static override description =
    "Only reads, so it may run during a sale, and while servers are down. Looks at the servers, " +
    "their settings and clocks, the schema, the workers and their loops, the API processes and " +
    "their load, the queues, the outbox, the consumer, overdue holds, abandoned jobs, and every " +
    "invariant. With more than 200,000 seats and messages, shows the result of the workers' last " +
    "hourly check of the invariants instead of checking them. Exits 1 with any finding but INFO, " +
    "which names a state that an operator set, such as a drain. Each finding has a stable code.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --json",
    {
      description: "Every few seconds: all but the invariants, whose check reads many rows",
      command: "<%= config.bin %> <%= command.id %> --no-invariants",
    },
    {
      description: "After a sale, when no message is in flight",
      command: "<%= config.bin %> <%= command.id %> --drained",
    },
  ];
  static override flags = {
    drained: Flags.boolean({
      description: "Check all data now, and require that every message is published and applied",
    }),
    full: Flags.boolean({
      description: "Check the invariants on all stored data now, at any size",
    }),
    invariants: Flags.boolean({
      default: true,
      allowNo: true,
      exclusive: ["drained", "full"],
      description: "Check the invariants",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { drawReport, examine } = await import("../diagnosis.ts");
    const config = await this.operatorConfig();
    const report = await examine(
      { ...config, logLevel: "silent" },
      { invariants: invariantMode(flags) },
    );
    this.print(drawReport(report));
    if (!report.healthy) this.fail();
    return report;
  }
}

function invariantMode(
  flags: Readonly<Record<"drained" | "full" | "invariants", boolean>>,
): InvariantMode {
  if (!flags.invariants) return "skip";
  if (flags.drained) return "drained";
  return flags.full ? "now" : "auto";
}
