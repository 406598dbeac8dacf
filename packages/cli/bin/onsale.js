#!/usr/bin/env node
// This file is JavaScript, because Node would load its TypeScript compiler for a TypeScript entry:
// the cache that keeps compiled files is not on yet. With the cache, a command starts in half the
// time.
import module from "node:module";
import { setFlagsFromString } from "node:v8";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(
    `Onsale needs Node 22.22 or newer, and this is ${process.versions.node}. ` +
      "In a checkout, `pnpm onsale` runs it with the right one.\n",
  );
  process.exit(3);
}

// Loading modules fills the young heap, which starts at 1 MB and doubles after each collection.
// With this factor it grows to its maximum of 16 MB at the first collection: a start then has 6
// collections instead of 14.
setFlagsFromString("--semi-space-growth-factor=16");
module.enableCompileCache();
await import("../src/main.ts");
