import type { Interfaces } from "@oclif/core";
import { CliError, EXIT } from "./cliError.ts";
import { isEmbedded } from "./stackEnvironment.ts";

export interface ParsedFlags {
  readonly flags: { readonly embedded: boolean };
  /** What was typed; nothing of what was left to a default. */
  readonly raw: Interfaces.ParserOutput["raw"];
}

/**
 * Whether a command is to do without servers, by its flag or by STACK.
 * @param serverFlags flags that mean nothing then
 * @throws CliError with exit code 2 when one of these was given all the same
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
    next: "An embedded run is one process without servers; leave it out, or run on servers.",
  });
}
