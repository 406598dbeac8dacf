#!/usr/bin/env node
// This file is JavaScript, because Node would load its TypeScript compiler for a TypeScript entry:
// the cache that keeps compiled files is not on yet. With the cache, a command starts in half the
// time.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import("../src/main.ts");
