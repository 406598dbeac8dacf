import { AdminCommand } from "../../adminCommand.ts";

/** `onsale db migrate` */
export default class DbMigrate extends AdminCommand {
  static override summary = "Bring the schema up to date";
  static override description =
    "Creates the database when it is missing and runs the migrations that are pending; running " +
    "it again changes nothing.";
  static override examples = ["<%= config.bin %> <%= command.id %>"];

  async run(): Promise<unknown> {
    await this.parse(DbMigrate);
    const { migrateDatabase } = await import("@onsale/core");
    const applied = await migrateDatabase(await this.operatorConfig());
    this.say(applied.length === 0 ? "The schema is up to date." : "Applied:");
    for (const name of applied) this.print(name);
    return { applied };
  }
}
