import { AdminCommand } from "../../adminCommand.ts";

/** `onsale db status` */
export default class DbStatus extends AdminCommand {
  static override summary = "Show which migrations ran and which are pending";
  static override description = "Exits 1 when a migration is pending; changes nothing.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<unknown> {
    await this.parse(DbStatus);
    const { migrationsOf, readServersConfig } = await import("@onsale/core");
    const { serverEnvironment } = await import("../../stackEnvironment.ts");
    const { table } = await import("../../terminal/table.ts");
    const { env } = await serverEnvironment();
    const { executed, pending } = await migrationsOf(readServersConfig(env));
    const rows = [
      ...executed.map((name) => [name, "executed"]),
      ...pending.map((name) => [name, "pending"]),
    ];
    this.print(table(["MIGRATION", "STATE"], rows));
    if (pending.length > 0) {
      this.say("Run `onsale db migrate`.");
      this.fail();
    }
    return { executed, pending };
  }
}
