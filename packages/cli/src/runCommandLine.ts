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
    await run([...words], import.meta.url);
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
