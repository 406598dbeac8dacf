import { AdminCommand } from "../../adminCommand.ts";

/** `onsale db status` */
export default class DbStatus extends AdminCommand {
  static override summary = "Show which migrations ran and which are pending";
  static override description = "Exits 1 when a migration is pending or unknown; changes nothing.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<unknown> {
    await this.parse(DbStatus);
    const { schemaOf } = await import("../../openQuietCore.ts");
    const { table } = await import("../../terminal/table.ts");
    const { executed, pending, unknown } = await schemaOf(await this.operatorConfig());
    const rows = [
      ...executed.map((name) => [name, unknown.includes(name) ? "unknown" : "executed"]),
      ...pending.map((name) => [name, "pending"]),
    ];
    this.print(table(["MIGRATION", "STATE"], rows));
    if (pending.length > 0) {
      this.say("Run `onsale db migrate`.");
      this.fail();
    }
    if (unknown.length > 0) {
      this.say("The schema is newer than this program; use the version that the servers run.");
      this.fail();
    }
    return { executed, pending, unknown };
  }
}
