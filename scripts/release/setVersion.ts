/** Sets the version of the workspace and of every package; scripts/pack runs it. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const rootDir = join(import.meta.dirname, "..", "..");
const [version = ""] = process.argv.slice(2);

if (/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
  const names = readdirSync(join(rootDir, "packages"));
  const folders = [rootDir, ...names.map((name) => join(rootDir, "packages", name))];
  for (const folder of folders) {
    const file = join(folder, "package.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/^ {2}"version": "[^"]*"/m, `  "version": "${version}"`));
  }
} else {
  console.error(`Not a version: "${version}". A version is like 0.2.0 or 0.2.0-rc.1`);
  process.exitCode = 2;
}
