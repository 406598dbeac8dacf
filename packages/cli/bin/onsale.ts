#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// What Node compiled it finds again at the next command, which starts in half the time then.
enableCompileCache();
const { flush, handle, run, settings } = await import("@oclif/core");

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
