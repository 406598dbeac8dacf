#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Node caches compiled code; the next command starts in half the time.
enableCompileCache();
const { handle, run, settings } = await import("@oclif/core");

// Node runs TypeScript without a build; oclif must not look for a transpiler.
settings.enableAutoTranspile = false;

/**
 * Resolves once stdout is written or its reader has closed the pipe. An earlier exit would cut off
 * a long output; after `| head` ends, stdout never drains.
 */
const written = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.once("close", () => resolve());
    process.stdout.write("", () => resolve());
  });

try {
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  const { CliError, describeReport, reportOf } = await import("../src/cliError.ts");
  if (error instanceof CliError) {
    // A command that does not exist: no command's own error handling runs.
    const { exitCode, ...shown } = reportOf(error);
    const json = { schemaVersion: 1, error: shown, exitCode };
    if (process.argv.includes("--json")) console.log(JSON.stringify(json, null, 2));
    else process.stderr.write(describeReport({ ...shown, exitCode }));
    process.exitCode = exitCode;
  } else {
    await handle(error instanceof Error ? error : new Error(String(error)));
  }
}
await written();
// The command is done; a library may still keep a connection open.
process.exit();
