import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { load } from "js-yaml";
import { buildPackage } from "./buildPackage.ts";
import { type PackedPackage, packageMistakes } from "./packageRules.ts";
import {
  patchedNames,
  type ReleasedPackage,
  readManifest,
  releasedPackages,
} from "./releasedPackages.ts";

export interface BuiltPackage {
  readonly source: ReleasedPackage;
  readonly packed: PackedPackage;
}

export interface Release {
  readonly version: string;
  readonly built: readonly BuiltPackage[];
  /** A sentence for each mistake in a package. */
  readonly mistakes: readonly string[];
}

/** Compiles the workspace into `compiledDir`, and makes every package in memory. */
export function buildRelease(rootDir: string, compiledDir: string): Release {
  const { version, packages } = releasedPackages(rootDir);
  const workspace = load(readFileSync(join(rootDir, "pnpm-workspace.yaml"), "utf8"));
  const patched = patchedNames(workspace);
  for (const name of patched) requireBundled(name, packages);
  rmSync(compiledDir, { recursive: true, force: true });
  const project = join(import.meta.dirname, "tsconfig.json");
  const compiler = join(rootDir, "node_modules", ".bin", "tsc");
  execFileSync(compiler, ["-p", project, "--outDir", compiledDir], { stdio: "inherit" });
  const built = packages.map((source) => {
    const folder = join(compiledDir, basename(source.folder), "src");
    const input = { rootDir, compiledDir: folder, version, patched };
    return { source, packed: buildPackage(source, input) };
  });
  const all = built.map(({ packed }) => packed);
  const mistakes = all.flatMap((packed) =>
    packageMistakes(packed, all).map((mistake) => `${packed.manifest.name}: ${mistake}`),
  );
  return { version, built, mistakes };
}

/**
 * The workspace patches a dependency for itself only. Other projects get the patch in a bundled
 * copy, and a package can bundle only its own dependencies.
 * @throws Error when no package can bundle the patched dependency
 */
function requireBundled(name: string, packages: readonly ReleasedPackage[]): void {
  const owner = packages.find(({ manifest }) => name in (manifest.dependencies ?? {}));
  if (owner === undefined) throw new Error(`${name} is patched, and no package depends on it`);
  const own = readManifest(dependencyFolder(owner, name)).dependencies ?? {};
  if (Object.keys(own).length > 0) {
    throw new Error(`${name} is patched, and its own dependencies would have to be bundled too`);
  }
}

/** The folder of an installed dependency of a package, with the workspace's patch. */
export function dependencyFolder({ folder }: ReleasedPackage, name: string): string {
  return realpathSync(join(folder, "node_modules", name));
}
