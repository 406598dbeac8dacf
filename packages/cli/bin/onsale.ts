#!/usr/bin/env node
import { flush, handle, run, settings } from "@oclif/core";

// Node runs the TypeScript as it stands; oclif must not look for a transpiler.
settings.enableAutoTranspile = false;

// oclif waits for what was written to drain, which never happens once a `| head` has left.
const readerLeft = new Promise<void>((resolve) => {
  process.stdout.once("close", () => resolve());
});

try {
  await run(process.argv.slice(2), import.meta.url);
  await Promise.race([flush(), readerLeft]);
} catch (error) {
  await handle(error instanceof Error ? error : new Error(String(error)));
}
// A command that has answered is over, whatever connection a library still keeps open.
process.exit();
