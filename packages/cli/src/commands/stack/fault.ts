import { Args } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";
import { CliError, EXIT } from "../../cliError.ts";

/** `onsale stack fault` */
export default class StackFault extends AdminCommand {
  static override summary =
    "Break or repair one server of the stack, to see how the product reacts";
  static override description =
    "kill is SIGKILL; pause and resume are SIGSTOP and SIGCONT; stop is a clean stop; start and " +
    "restart bring the server back on the same port with its data; flush empties Redis.";
  static override examples = [
    "<%= config.bin %> <%= command.id %> redis kill",
    "<%= config.bin %> <%= command.id %> redis start",
    "<%= config.bin %> <%= command.id %> mysql pause",
  ];
  static override args = {
    server: Args.string({ required: true, options: ["mysql", "redis", "kafka"] }),
    action: Args.string({
      required: true,
      options: ["kill", "pause", "resume", "restart", "start", "stop", "flush"],
    }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(StackFault);
    const { refuseEmbedded } = await import("../../stackEnvironment.ts");
    refuseEmbedded();
    const { faultActions, serverNames, stackFault } = await import("@onsale/devstack");
    const server = serverNames.find((name) => name === args.server);
    const action = faultActions.find((name) => name === args.action);
    if (server === undefined || action === undefined) {
      throw new CliError("USAGE", "No such server or action", { exitCode: EXIT.usage });
    }
    await stackFault(server, action);
    this.say(`${server}: ${action} done.`);
    return { server, action };
  }
}
