import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale stack up` */
export default class StackUp extends AdminCommand {
  static override summary = "Start MySQL or MariaDB, Redis and Kafka for this checkout";
  static override description =
    "Servers that the environment names (MYSQL_URL, REDIS_URL, KAFKA_BROKERS) are used as they " +
    "are; else containers where a Docker engine answers; else private processes under " +
    ".devstack/, with ports and data of their own. Servers that already run are left alone.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    {
      description: "Run MySQL 9 instead of the MySQL or MariaDB of this machine",
      command: "<%= config.bin %> <%= command.id %> --mysql 9",
    },
    {
      description: "Use the servers from a shell",
      command: 'eval "$(<%= config.bin %> stack status --env)"',
    },
  ];

  static override flags = {
    mysql: Flags.string({
      description: "Run MySQL 9 or MariaDB instead of the default; scripts/mysql9 gets MySQL 9",
      options: ["9", "mariadb"],
      env: "DEVSTACK_MYSQL",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StackUp);
    const { refuseEmbedded } = await import("../../stackEnvironment.ts");
    refuseEmbedded();
    const { mysqlFlavours, stackUp } = await import("@onsale/devstack");
    const { serverTable } = await import("../../serverTable.ts");
    const startedAtMs = performance.now();
    const mysql = mysqlFlavours.find((flavour) => flavour === flags.mysql);
    const stack = await stackUp({
      onProgress: (line) => this.say(line),
      ...(mysql === undefined ? {} : { mysql }),
    });
    const servers = await stack.status();
    this.say(`Ready in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.`);
    this.print(serverTable(servers));
    await this.#nameLeftDatabases(stack.urls.mysqlUrl);
    return { urls: stack.urls, servers };
  }

  async #nameLeftDatabases(mysqlUrl: string): Promise<void> {
    const { leftBenchDatabases } = await import("@onsale/simulator/bench");
    // Only a hint: the servers are ready without it.
    const { length } = await leftBenchDatabases(mysqlUrl).catch(() => []);
    if (length > 0) {
      const { counted } = await import("../../operation/counted.ts");
      const left = counted(length, "database");
      this.say(`Ended runs have left ${left}; \`onsale stack clean\` shows and removes them.`);
    }
  }
}
