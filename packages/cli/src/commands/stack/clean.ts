import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale stack clean` */
export default class StackClean extends AdminCommand {
  static override summary = "Show and remove the databases that ended runs have left";
  static override description =
    "A rush, a drill, a benchmark or a study makes a database of its own and drops it at its " +
    "end. One that was ended by kill -9, or a rush with --keep, leaves it. The command names " +
    "such databases that no process is connected to, and removes them with --execute.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --execute",
  ];
  static override flags = {
    execute: Flags.boolean({ default: false, description: "Remove the databases" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StackClean);
    const { measuredServers } = await import("../../stackEnvironment.ts");
    const { MYSQL_URL: mysqlUrl = "" } = await measuredServers();
    const bench = await import("@onsale/simulator/bench");
    const databases = await bench.leftBenchDatabases(mysqlUrl);
    for (const name of databases) {
      if (flags.execute) await bench.dropBenchDatabase(bench.benchDatabaseUrl(mysqlUrl, name));
      this.print(flags.execute ? `${name} removed` : name);
    }
    if (databases.length === 0) this.say("No run has left a database.");
    else if (!flags.execute) {
      this.say("No process is connected to them. The same command with --execute removes them.");
    }
    return { databases, removed: flags.execute };
  }
}
