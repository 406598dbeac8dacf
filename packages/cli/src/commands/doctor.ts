import { Flags } from "@oclif/core";
import { AdminCommand } from "../adminCommand.ts";

/** `onsale doctor` */
export default class Doctor extends AdminCommand {
  static override summary = "Find everything that makes the product unhealthy, and the next step";
  static override description =
    "Reads only, and may run during a sale, also with any server down. Looks at the servers, " +
    "their settings and clocks, the schema, the workers and their loops, the queues, the outbox, " +
    "overdue holds, jobs of operators, and every invariant. Exits 1 with any finding. Each " +
    "finding has a stable code.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --json",
    {
      description: "Every few seconds: all but the invariants, which read all data",
      command: "<%= config.bin %> <%= command.id %> --no-invariants",
    },
    {
      description: "After a sale, when no message is in flight",
      command: "<%= config.bin %> <%= command.id %> --drained",
    },
  ];
  static override flags = {
    drained: Flags.boolean({
      description: "Also require that every message is published and applied",
    }),
    invariants: Flags.boolean({
      default: true,
      allowNo: true,
      description: "Check the invariants on all stored data",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { drawReport, examine } = await import("../diagnosis.ts");
    const config = await this.operatorConfig();
    const report = await examine({ ...config, logLevel: "silent" }, flags);
    this.print(drawReport(report));
    if (!report.healthy) this.fail();
    return report;
  }
}
