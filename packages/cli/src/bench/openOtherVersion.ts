import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { OtherVersion } from "@onsale/simulator/bench";
import { CliError, EXIT } from "../cliError.ts";
import { commitOf } from "../commitOf.ts";
import { openCoreFor } from "../openQuietCore.ts";

type Core = typeof import("@onsale/core");

/**
 * Opens the product of another checkout, on a database of its own. The fixture is made by the
 * workflows of that checkout, because its tables can differ.
 * @param checkout the folder of a checkout in which `scripts/setup` has run
 * @param env the environment of its processes, with its database and its Redis prefix
 * @throws CliError when the folder is no such checkout
 */
export async function openOtherVersion(
  checkout: string,
  env: NodeJS.ProcessEnv,
): Promise<OtherVersion> {
  const root = resolve(checkout);
  const workflows = await coreOf(root);
  const config = { ...workflows.readServersConfig(env), logLevel: "error" } as const;
  await workflows.migrateDatabase(config);
  const { core, close } = await openCoreFor(config, workflows);
  return {
    ...{ name: (await commitOf(root)) ?? root, core, workflows, close },
    apis: {
      entry: join(root, "packages/api/src/main.ts"),
      env,
      folder: join(root, ".devstack/bench"),
    },
  };
}

async function coreOf(root: string): Promise<Core> {
  try {
    return await import(pathToFileURL(join(root, "packages/core/src/index.ts")).href);
  } catch (error) {
    throw new CliError("USAGE", `${root} is no checkout of Onsale that can run`, {
      exitCode: EXIT.usage,
      cause: error instanceof Error ? error.message : String(error),
      next: "Check out the other version, and run scripts/setup there.",
    });
  }
}
