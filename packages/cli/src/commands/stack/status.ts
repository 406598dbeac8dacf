import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale stack status` */
export default class StackStatus extends AdminCommand {
  static override summary = "Ask every server of the stack whether it answers";
  static override description = "Exits 1 when a server does not answer; starts nothing.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> --json",
    {
      description: "Point other programs at the servers",
      command: 'eval "$(<%= config.bin %> <%= command.id %> --env)"',
    },
  ];
  static override flags = {
    env: Flags.boolean({ description: "Print shell variables instead of a table" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StackStatus);
    const { refuseEmbedded, serverEnvironment } = await import("../../stackEnvironment.ts");
    refuseEmbedded();
    const { stackStatus } = await import("@onsale/devstack");
    const { serverTable } = await import("../../serverTable.ts");
    const servers = await stackStatus();
    if (!servers.every((server) => server.ready)) this.fail();
    if (flags.env) {
      const { env } = await serverEnvironment();
      for (const name of ["MYSQL_URL", "REDIS_URL", "KAFKA_BROKERS", "KAFKA_IDEMPOTENT"]) {
        if (env[name] !== undefined) this.print(`export ${name}='${env[name]}'`);
      }
    } else {
      this.print(serverTable(servers));
    }
    return { ready: servers.every((server) => server.ready), servers };
  }
}
