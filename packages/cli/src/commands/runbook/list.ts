import { AdminCommand } from "../../adminCommand.ts";

/** `onsale runbook list` */
export default class RunbookList extends AdminCommand {
  static override summary = "List the runbooks, with the findings of doctor that call for them";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<unknown> {
    await this.parse(RunbookList);
    const { RUNBOOKS } = await import("@onsale/core");
    const { runbookTable } = await import("../../runbook/drawRunbook.ts");
    const { drillOf } = await import("../../drill/drillList.ts");
    const hasDrill = (runbook: string): boolean => drillOf(runbook) !== undefined;
    this.print(runbookTable(RUNBOOKS, hasDrill));
    const runbooks = RUNBOOKS.map(({ name, title, severity, detection, steps }) => ({
      ...{ name, title, severity, detection, steps: steps.map((step) => step.name) },
      hasDrill: hasDrill(name),
    }));
    return { runbooks };
  }
}
