import { fileURLToPath } from "node:url";
import { Plugin } from "@oclif/core";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The file in which oclif looks for the names, arguments and flags of all commands. */
export const MANIFEST_FILE = fileURLToPath(new URL("../oclif.manifest.json", import.meta.url));

/**
 * Loads every command. `onsale` itself loads only the command that it runs, and knows the others
 * from the manifest, because loading them all takes longer than most commands.
 */
export async function loadAllCommands(): Promise<Plugin> {
  const options = { root: ROOT, type: "core", ignoreManifest: true, errorOnManifestCreate: true };
  const plugin = new Plugin({ ...options, respectNoCacheDefault: true });
  await plugin.load();
  return plugin;
}

/** Formats the manifest with one line for each command, so that a review shows what changed. */
export function manifestText({ commands, version }: Plugin["manifest"]): string {
  const lines = Object.keys(commands)
    .sort()
    .map((id) => `${JSON.stringify(id)}: ${JSON.stringify(commands[id])}`);
  return `{"version": ${JSON.stringify(version)}, "commands": {\n${lines.join(",\n")}\n}}\n`;
}
