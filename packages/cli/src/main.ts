import { handle } from "@oclif/core";
import { callersFolder } from "./callersFolder.ts";
import { runCommandLine } from "./runCommandLine.ts";
import { reportOutputFailure } from "./terminal/outputFailure.ts";

/**
 * Resolves when stdout is written or its reader has closed the pipe. An earlier exit would cut off
 * a long output; after `| head` ends, stdout never drains.
 */
const written = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.once("close", () => resolve());
    process.stdout.write("", () => resolve());
  });

reportOutputFailure();
const folder = callersFolder(process.env);
if (folder !== undefined) process.chdir(folder);
try {
  await runCommandLine(process.argv.slice(2));
} catch (error) {
  await handle(error instanceof Error ? error : new Error(String(error)));
}
await written();
// The command is done; a library may still keep a connection open.
process.exit();
