import { Args } from "@oclif/core";
import { AdminCommand } from "../adminCommand.ts";

/** `onsale completion` */
export default class Completion extends AdminCommand {
  static override summary = "Print the completion script of a shell";
  static override examples = [
    {
      description: "bash and zsh, for this session; put the line into the start file to keep it",
      command: 'eval "$(<%= config.bin %> <%= command.id %> bash)"',
    },
    {
      description: "fish",
      command: "<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/onsale.fish",
    },
  ];
  static override enableJsonFlag = false;
  static override args = {
    shell: Args.string({
      required: true,
      options: ["bash", "zsh", "fish"],
      description: "The shell that completes the command line",
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const { completionScript, SHELLS } = await import("../completion.ts");
    const shell = SHELLS.find((known) => known === args.shell);
    if (shell === undefined) return;
    const commands = this.config.commands
      .filter(({ hidden }) => hidden !== true)
      .map(({ id, summary = "", flags }) => ({
        ...{ words: id.split(":"), summary, flags: [...Object.keys(flags), "help"] },
      }));
    this.print(completionScript(shell, commands).trimEnd());
  }
}
