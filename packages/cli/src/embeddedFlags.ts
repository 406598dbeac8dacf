import type { Interfaces } from "@oclif/core";
import { CliError, EXIT } from "./cliError.ts";
import { isEmbedded } from "./stackEnvironment.ts";

export interface ParsedFlags {
  readonly flags: { readonly embedded: boolean };
  /** The arguments that the user typed, without default values. */
  readonly raw: Interfaces.ParserOutput["raw"];
}

/**
 * Returns true when a command should run without servers, by its flag or by STACK.
 * @param serverFlags flags that need servers
 * @throws CliError with exit code 2 when the command runs without servers and one of these flags is
 *   given
 */
export function wantsEmbedded(parsed: ParsedFlags, serverFlags: readonly string[]): boolean {
  const { flags, raw } = parsed;
  if (!flags.embedded && !isEmbedded()) return false;
  const given = serverFlags.filter((name) =>
    raw.some((token) => token.type === "flag" && token.flag === name),
  );
  if (given.length === 0) return true;
  const names = given.map((name) => `--${name}`).join(", ");
  throw new CliError("USAGE", `${names}: not with --embedded or STACK=embedded`, {
    exitCode: EXIT.usage,
    next: "An embedded run is one process without servers; drop the flag, or run on servers.",
  });
}
