import { CliError, EXIT } from "../cliError.ts";

const SYNTAX = /^(\d+(?:\.\d+)?)(s|min|h)$/;
const MS_OF_UNIT = new Map([
  ["s", 1000],
  ["min", 60_000],
  ["h", 3_600_000],
]);

/** Reads a duration such as "90s", "10min" or "1.5h". @throws CliError */
export function durationMs(text: string): number {
  const [, number, unit = ""] = SYNTAX.exec(text.trim()) ?? [];
  const factor = MS_OF_UNIT.get(unit);
  if (factor !== undefined && Number(number) > 0) return Number(number) * factor;
  throw new CliError("USAGE", `A duration is a number with s, min or h, not: ${text}`, {
    exitCode: EXIT.usage,
    next: "Write for example 90s or 10min.",
  });
}
