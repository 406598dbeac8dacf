import { run, settings } from "@oclif/core";
import { CliError, describeReport, reportOf } from "./cliError.ts";

/**
 * Runs the command that the words name. The command prints its output and sets `process.exitCode`.
 * @throws what a command does not report itself, such as the exit of an oclif command
 */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  // Node runs TypeScript without a build; oclif must not look for a transpiler.
  settings.enableAutoTranspile = false;
  try {
    await run(flagsLast(words), import.meta.url);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    // A command that does not exist: no command's own error handling runs.
    const { exitCode, ...shown } = reportOf(error);
    const json = { schemaVersion: 1, error: shown, exitCode };
    if (words.includes("--json")) console.log(JSON.stringify(json, null, 2));
    else process.stderr.write(describeReport({ ...shown, exitCode }));
    process.exitCode = exitCode;
  }
}

/**
 * Moves the flags of every command behind the command, because oclif reads the command from the
 * first words: `onsale --profile main queue status` is `onsale queue status --profile main`.
 */
function flagsLast(words: readonly string[]): string[] {
  const count = leadingCount(words);
  const [flags, rest] = [words.slice(0, count), words.slice(count)];
  if (rest.length === 0) return [...words];
  const end = rest.indexOf("--");
  return end < 0 ? [...rest, ...flags] : [...rest.slice(0, end), ...flags, ...rest.slice(end)];
}

/** The number of words before the command that belong to the flags of every command. */
function leadingCount([first = "", ...rest]: readonly string[]): number {
  if (first === "--profile" && rest.length > 0) return 2 + leadingCount(rest.slice(1));
  const isFlag = ["--json", "--quiet", "-q"].includes(first) || first.startsWith("--profile=");
  return isFlag ? 1 + leadingCount(rest) : 0;
}
