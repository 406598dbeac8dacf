/** Makes the tarballs of a release in `packed`; scripts/pack runs it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type BuiltPackage, buildRelease, dependencyFolder } from "./buildRelease.ts";

const rootDir = join(import.meta.dirname, "..", "..");
const cacheDir = join(rootDir, ".cache", "pack");
const stageDir = join(cacheDir, "stage");
const outDir = join(rootDir, "packed");

for (const folder of [stageDir, outDir]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
const release = buildRelease(rootDir, join(cacheDir, "compiled"));
const mistakes = [...release.mistakes];
for (const one of release.built) {
  const { manifest, files } = one.packed;
  const stage = writeStage(one);
  // The workspace has links in node_modules; pnpm bundles dependencies only from real folders.
  const flags = ["--config.node-linker=hoisted", "--config.ignore-scripts=true"];
  execFileSync("pnpm", ["pack", ...flags, "--pack-destination", outDir], {
    cwd: stage,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const tarball = `${manifest.name.replace(/^@/, "").replace("/", "-")}-${release.version}.tgz`;
  mistakes.push(...(await publintMistakes(join(outDir, tarball), manifest.name)));
  const kilobytes = Math.ceil(statSync(join(outDir, tarball)).size / 1024);
  const bundled = manifest.bundleDependencies?.join(", ");
  const also = bundled === undefined ? "" : `, with ${bundled}`;
  console.log(`packed/${tarball}  ${kilobytes} KB, ${files.size} files${also}`);
}
for (const mistake of mistakes) console.error(`pack: ${mistake}`);
process.exitCode = mistakes.length === 0 ? 0 : 1;

function writeStage({ source, packed: { manifest, files } }: BuiltPackage): string {
  const stage = join(stageDir, manifest.name);
  for (const [path, text] of files) {
    const file = join(stage, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.startsWith("bin/") ? 0o755 : 0o644 });
  }
  for (const name of manifest.bundleDependencies ?? []) {
    const copy = join(stage, "node_modules", name);
    cpSync(dependencyFolder(source, name), copy, { recursive: true });
  }
  return stage;
}

async function publintMistakes(tarball: string, name: string): Promise<string[]> {
  const { buffer } = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, level: "warning" });
  return messages.map(
    (message) => `${name}: publint: ${formatMessage(message, pkg, { color: false })}`,
  );
}
