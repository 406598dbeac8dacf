#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// What Node compiled it finds again at the next command, which starts in half the time then.
enableCompileCache();
const { handle, run, settings } = await import("@oclif/core");

// Node runs the TypeScript as it stands; oclif must not look for a transpiler.
settings.enableAutoTranspile = false;

/**
 * Resolves once everything was written, or nobody reads any more: an exit before it would cut a
 * long answer off, and after a `| head` has left nothing drains.
 */
const written = (): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.once("close", () => resolve());
    process.stdout.write("", () => resolve());
  });

try {
  await run(process.argv.slice(2), import.meta.url);
} catch (error) {
  await handle(error instanceof Error ? error : new Error(String(error)));
}
await written();
// A command that has answered is over, whatever connection a library still keeps open.
process.exit();
