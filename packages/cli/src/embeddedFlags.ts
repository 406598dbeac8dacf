import { CliError, EXIT } from "./cliError.ts";
import { isEmbedded } from "./stackEnvironment.ts";

/** As oclif tells which flags were left to their default. */
type FlagsMetadata = Readonly<Record<string, { readonly setFromDefault?: boolean }>>;

export interface ParsedFlags {
  readonly flags: { readonly embedded: boolean } & Readonly<Record<string, unknown>>;
  readonly metadata: { readonly flags: FlagsMetadata };
}

/**
 * Whether a command is to do without servers, by its flag or by STACK.
 * @param serverFlags flags that mean nothing then
 * @throws CliError with exit code 2 when one of these was given all the same
 */
export function wantsEmbedded(parsed: ParsedFlags, serverFlags: readonly string[]): boolean {
  const { flags, metadata } = parsed;
  if (!flags.embedded && !isEmbedded()) return false;
  const given = serverFlags.filter((name) => {
    const isSet = flags[name] !== undefined && flags[name] !== false;
    return isSet && metadata.flags[name]?.setFromDefault !== true;
  });
  if (given.length === 0) return true;
  const names = given.map((name) => `--${name}`).join(", ");
  throw new CliError("USAGE", `${names}: not with --embedded or STACK=embedded`, {
    exitCode: EXIT.usage,
    next: "An embedded run is one process without servers; leave it out, or run on servers.",
  });
}
