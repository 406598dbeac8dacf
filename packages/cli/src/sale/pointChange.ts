import { CliError, EXIT } from "../cliError.ts";

const SYNTAX = /^[+-]\d{1,15}$/;

/**
 * Reads a change of a balance with its sign: "+500" or "-200". A change without a sign is refused,
 * because the operator may have meant either.
 * @throws CliError
 */
export function pointChange(text: string): number {
  const change = Number(text);
  if (SYNTAX.test(text) && change !== 0) return change;
  throw new CliError("USAGE", `A change of points is a whole number with its sign, not: ${text}`, {
    exitCode: EXIT.usage,
    next: "Write for example --amount +500 or --amount -200.",
  });
}
