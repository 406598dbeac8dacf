import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadAllCommands, MANIFEST_FILE, manifestText } from "./commandManifest.ts";
import { commandPage } from "./commandPage.ts";

/** Writes docs/reference/CLI.md and the manifest of the commands: `pnpm docs:cli`. */
const page = fileURLToPath(new URL("../../../docs/reference/CLI.md", import.meta.url));
const { commands, manifest } = await loadAllCommands();
await writeFile(page, commandPage(commands));
await writeFile(MANIFEST_FILE, manifestText(manifest));
process.stdout.write(`${page}\n${MANIFEST_FILE}\n`);
