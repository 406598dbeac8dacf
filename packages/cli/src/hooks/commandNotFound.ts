import type { Hook, Interfaces } from "@oclif/core";
import { CliError, EXIT } from "../cliError.ts";
import { similar } from "../terminal/similar.ts";

/** Ends an unknown command with the command that was probably meant. */
const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  throw unknownCommand(id, config);
};
export default commandNotFound;

/** @param id words joined by colons */
export function unknownCommand(id: string, config: Interfaces.Config): CliError {
  const typed = id.replaceAll(":", " ");
  const names = config.commands
    .filter(({ hidden }) => hidden !== true)
    .map((command) => command.id.replaceAll(":", " "));
  const suggestion = similar(typed, names);
  return new CliError("UNKNOWN_COMMAND", `There is no command "onsale ${typed}"`, {
    exitCode: EXIT.usage,
    next:
      suggestion === undefined
        ? "`onsale help` lists the commands."
        : `Did you mean \`onsale ${suggestion}\`? \`onsale help\` lists the commands.`,
  });
}
