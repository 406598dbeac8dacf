import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale db migrate` */
export default class DbMigrate extends AdminCommand {
  static override summary = "Bring the schema up to date";
  static override description =
    "Creates the database when it is missing and runs the migrations that are pending; running " +
    "it again changes nothing. Refused, with exit code 3, in a database with tables of another " +
    "program (DATABASE_NOT_EMPTY), and when the schema is newer than this program " +
    "(MIGRATIONS_UNKNOWN).";
  static override examples = ["<%= config.bin %> <%= command.id %>"];
  static override flags = {
    "beside-other-tables": Flags.boolean({
      description: "Create the tables in a database that another program uses too",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(DbMigrate);
    const { migrateDatabase } = await import("@onsale/core");
    const besideOtherTables = flags["beside-other-tables"];
    const { connectionError } = await import("../../openQuietCore.ts");
    const config = await this.operatorConfig();
    const applied = await migrateDatabase(config, { besideOtherTables }).catch((error: unknown) => {
      throw connectionError(config, error);
    });
    this.say(applied.length === 0 ? "The schema is up to date." : "Applied:");
    for (const name of applied) this.print(name);
    return { applied };
  }
}
