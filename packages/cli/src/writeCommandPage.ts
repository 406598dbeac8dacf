import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";
import { commandPage } from "./commandPage.ts";

/** Writes docs/reference/CLI.md: `pnpm docs:cli`. */
const root = fileURLToPath(new URL("..", import.meta.url));
const page = fileURLToPath(new URL("../../../docs/reference/CLI.md", import.meta.url));
const config = await Config.load({ root });
await writeFile(page, commandPage(config.commands));
process.stdout.write(`${page}\n`);
