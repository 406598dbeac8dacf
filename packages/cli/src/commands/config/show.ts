import { AdminCommand } from "../../adminCommand.ts";
import { EXIT } from "../../cliError.ts";

/** `onsale config show` */
export default class ConfigShow extends AdminCommand {
  static override summary = "Show every setting, its value and where it comes from";
  static override description =
    "Also shows which settings are missing or wrong, and then exits 3. Secrets are masked. " +
    "docs/reference/CONFIGURATION.md explains every variable.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "HOLD_TTL_MS=60000 <%= config.bin %> <%= command.id %> --json",
  ];

  async run(): Promise<unknown> {
    await this.parse(ConfigShow);
    const { configTable, reportConfig } = await import("../../configReport.ts");
    const { configSources } = await import("../../stackEnvironment.ts");
    const { misspelledVariables } = await import("@onsale/core");
    const sources = await configSources(process.env, this.profileName());
    const report = reportConfig(sources);
    const misspelled = misspelledVariables({ ...sources.environment, ...sources.profile });
    for (const { name, setting } of misspelled) {
      this.say(`${name} is not a setting and has no effect; did you mean ${setting}?`);
    }
    this.print(configTable(report));
    for (const problem of report.otherProblems) this.say(`Wrong: ${problem}`);
    if (!report.valid) {
      this.say("Set the variables that are marked WRONG.");
      process.exitCode = EXIT.precondition;
    }
    return { ...report, misspelled };
  }
}
