import { Flags } from "@oclif/core";
import { AdminCommand } from "../adminCommand.ts";

/** `onsale doctor` */
export default class Doctor extends AdminCommand {
  static override summary = "Check the servers, their settings and clocks, and every invariant";
  static override description =
    "Reads only, and may run during a sale. Exits 1 when a server does not answer, a setting can " +
    "break a promise, a clock is off, or an invariant does not hold.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --json",
    {
      description: "After a sale, when no message is in flight",
      command: "<%= config.bin %> <%= command.id %> --drained",
    },
  ];
  static override flags = {
    drained: Flags.boolean({
      description: "Also require that every message is published and applied",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { readServersConfig } = await import("@onsale/core");
    const { diagnose, drawDiagnosis } = await import("../diagnosis.ts");
    const { serverEnvironment } = await import("../stackEnvironment.ts");
    const { env } = await serverEnvironment();
    const diagnosis = await diagnose(readServersConfig({ LOG_LEVEL: "silent", ...env }), flags);
    this.print(drawDiagnosis(diagnosis));
    if (!diagnosis.healthy) this.fail();
    return diagnosis;
  }
}
