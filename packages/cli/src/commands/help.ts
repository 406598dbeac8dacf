import { Args, loadHelpClass } from "@oclif/core";
import { AdminCommand } from "../adminCommand.ts";
import { unknownCommand } from "../hooks/commandNotFound.ts";

/** `onsale help` */
export default class HelpCommand extends AdminCommand {
  static override summary = "Show how a command or a topic is used";
  static override examples = [
    "<%= config.bin %> <%= command.id %>",
    "<%= config.bin %> <%= command.id %> queue pause",
  ];
  static override strict = false;
  static override args = {
    command: Args.string({ description: "The command's words; all commands when left out" }),
  };

  async run(): Promise<void> {
    const { argv } = await this.parse(HelpCommand);
    const words = argv.map(String);
    const id = words.join(":");
    const isKnown =
      id === "" ||
      this.config.commands.some((command) => command.id === id || command.id.startsWith(`${id}:`));
    if (!isKnown) throw unknownCommand(id, this.config);
    const Help = await loadHelpClass(this.config);
    await new Help(this.config).showHelp(words);
  }
}
