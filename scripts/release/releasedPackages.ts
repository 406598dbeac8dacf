import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Manifest, manifestSchema } from "./packedManifest.ts";

/** A package of the workspace that is part of a release. */
export interface ReleasedPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Packages that only this workspace uses. `conformance` has the test cases of the adapters: only
 * tests import it.
 */
const LEFT_OUT = ["conformance"];

/** Files of the repository that are part of a package, beside its README, license and code. */
export const EXTRA_FILES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "@onsale/cli": { "oclif.manifest.json": "packages/cli/oclif.manifest.json" },
};

/** Files of a dependency that a package contains instead of depending on it. */
export interface CopiedFiles {
  readonly dependency: string;
  /** The folder of the copies in the package. */
  readonly folder: string;
  readonly files: readonly string[];
}

/**
 * `swagger-ui-dist` depends on a program that reports each installation to its maker. The workspace
 * leaves that out, but it cannot decide for the projects that install the packages.
 */
export const COPIED_FILES: Readonly<Record<string, CopiedFiles>> = {
  "@onsale/api": {
    ...{ dependency: "swagger-ui-dist", folder: "dist/openapi/swaggerUi" },
    files: [
      ...["swagger-ui-bundle.js", "swagger-ui.css"],
      ...["LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"],
    ],
  },
};

/**
 * Reads the packages of a release.
 * @throws Error when a package has another version than the root's package.json
 */
export function releasedPackages(rootDir: string): {
  readonly version: string;
  readonly packages: readonly ReleasedPackage[];
} {
  const { version } = readManifest(rootDir);
  const names = readdirSync(join(rootDir, "packages")).filter((name) => !LEFT_OUT.includes(name));
  const packages = names.map((name) => {
    const folder = join(rootDir, "packages", name);
    const manifest = readManifest(folder);
    if (manifest.version !== version) {
      const found = `${manifest.name} has the version ${manifest.version} instead of ${version}`;
      throw new Error(`${found}; scripts/pack --set-version sets the version of every package`);
    }
    return { folder, manifest };
  });
  return { version, packages };
}

/** Reads the package.json of a folder. */
export function readManifest(folder: string): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
}

const workspaceSchema = z.object({
  patchedDependencies: z.record(z.string(), z.string()).default({}),
});

/** The names of the dependencies that this workspace patches, from pnpm-workspace.yaml as data. */
export function patchedNames(workspace: unknown): readonly string[] {
  const { patchedDependencies } = workspaceSchema.parse(workspace);
  return Object.keys(patchedDependencies).map((key) => key.replace(/(?<=.)@[^@]*$/, ""));
}
