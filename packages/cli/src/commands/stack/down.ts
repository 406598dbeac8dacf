import { Flags } from "@oclif/core";
import { AdminCommand } from "../../adminCommand.ts";

/** `onsale stack down` */
export default class StackDown extends AdminCommand {
  static override summary = "Stop the servers that `stack up` started";
  static override description = "Data and logs stay under .devstack/ for the next start.";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    { description: "Forget all data", command: "<%= config.bin %> <%= command.id %> --wipe" },
  ];
  static override flags = {
    wipe: Flags.boolean({ description: "Delete data, logs and development secrets as well" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(StackDown);
    const { refuseEmbedded } = await import("../../stackEnvironment.ts");
    refuseEmbedded();
    const { stackDown } = await import("@onsale/devstack");
    await stackDown({ wipe: flags.wipe, onProgress: (line) => this.say(line) });
    this.say(flags.wipe ? "The stack is down and its data deleted." : "The stack is down.");
    return { down: true, wiped: flags.wipe };
  }
}
