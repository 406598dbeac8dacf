import { z } from "zod";

const dependencies = z.record(z.string(), z.string()).optional();
/** A file of the package, or one file for each condition. */
const target = z.union([z.string(), z.record(z.string(), z.string())]);

/** The fields of a package.json that the release script reads. It copies the others. */
export const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  exports: z.record(z.string(), target).optional(),
  bin: z.record(z.string(), z.string()).optional(),
  files: z.array(z.string()).optional(),
  dependencies,
  optionalDependencies: dependencies,
  devDependencies: dependencies,
  bundleDependencies: z.array(z.string()).optional(),
  oclif: z
    .looseObject({ commands: z.string(), hooks: z.record(z.string(), z.string()).optional() })
    .optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** Fields that serve only the checkout. */
const CHECKOUT_FIELDS = ["private", "scripts", "devDependencies"];

export interface PackedManifestInput {
  readonly manifest: Manifest;
  /** The version of every package of the release. */
  readonly version: string;
  /** Names of dependencies whose files are part of the package. */
  readonly bundled: readonly string[];
  /** Name of a dependency of which the package contains copies; it is none of the package then. */
  readonly copied?: string | undefined;
  /** Packages of types that the declarations need, with their ranges. */
  readonly typePackages: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

/**
 * Makes the package.json of a package that other projects install: its entries name compiled files
 * instead of sources, and the packages of this workspace have a version instead of `workspace:*`.
 */
export function packedManifest(input: PackedManifestInput): Manifest {
  const { manifest, version, bundled, copied, typePackages, files } = input;
  const kept = Object.entries(manifest).filter(([field]) => !CHECKOUT_FIELDS.includes(field));
  const { exports, oclif } = manifest;
  const own = Object.entries({ ...manifest.dependencies, ...typePackages })
    .filter(([name]) => name !== copied)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return manifestSchema.parse({
    ...Object.fromEntries(kept),
    version,
    ...(exports === undefined ? {} : { exports: packedExports(exports) }),
    ...(oclif === undefined ? {} : { oclif: packedOclif(oclif) }),
    files,
    dependencies: Object.fromEntries(
      own.map(([name, range]) => [name, range.startsWith("workspace:") ? version : range]),
    ),
    ...(bundled.length === 0 ? {} : { bundleDependencies: bundled }),
  });
}

function packedExports(exports: NonNullable<Manifest["exports"]>): Manifest["exports"] {
  const entries = Object.entries(exports).map(([entry, source]) => {
    if (typeof source !== "string" || !source.endsWith(".ts")) {
      throw new Error(`The export ${entry} must name one source file`);
    }
    return [entry, { types: compiledPath(source, ".d.ts"), default: compiledPath(source) }];
  });
  return { ...Object.fromEntries(entries), "./package.json": "./package.json" };
}

function packedOclif(oclif: NonNullable<Manifest["oclif"]>): Manifest["oclif"] {
  const hooks = Object.entries(oclif.hooks ?? {}).map(([hook, file]) => [hook, compiledPath(file)]);
  return { ...oclif, commands: compiledPath(oclif.commands), hooks: Object.fromEntries(hooks) };
}

/** The path of a source file or folder after compilation: `./src/a.ts` becomes `./dist/a.js`. */
export function compiledPath(source: string, ending = ".js"): string {
  return source.replace(/^(\.\/)?src\//, "$1dist/").replace(/\.ts$/, ending);
}
