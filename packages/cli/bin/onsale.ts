#!/usr/bin/env node
import { flush, handle, run, settings } from "@oclif/core";

// Node runs the TypeScript as it stands; oclif must not look for a transpiler.
settings.enableAutoTranspile = false;

try {
  await run(process.argv.slice(2), import.meta.url);
  await flush();
} catch (error) {
  await handle(error instanceof Error ? error : new Error(String(error)));
}
// A command that has answered is over, whatever connection a library still keeps open.
process.exit();
