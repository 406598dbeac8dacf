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
      description: "Use the servers from a shell",
      command: 'eval "$(<%= config.bin %> stack status --env)"',
    },
  ];

  async run(): Promise<unknown> {
    await this.parse(StackUp);
    const { refuseEmbedded } = await import("../../stackEnvironment.ts");
    refuseEmbedded();
    const { stackUp } = await import("@onsale/devstack");
    const { serverTable } = await import("../../serverTable.ts");
    const startedAtMs = performance.now();
    const stack = await stackUp({ onProgress: (line) => this.say(line) });
    const servers = await stack.status();
    this.say(`Ready in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s.`);
    this.print(serverTable(servers));
    return { urls: stack.urls, servers };
  }
}
