import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, sep } from "node:path";

/*
 * The folders of the devstack
 *
 * In a checkout of the repository, the stacks (`.devstack`) and the downloaded servers (`.cache`)
 * are in the checkout. An installed package has no checkout, and every installation replaces the
 * package's own folder. There, both folders are in the project that has installed the package, or
 * in the user's home folder when the package is installed for no project (`npm install --global`).
 */

const PACKAGE_FOLDER = join(import.meta.dirname, "..");

/** Whether this code runs from a checkout. False: from a package that is installed. */
export const IS_CHECKOUT = !PACKAGE_FOLDER.includes(`${sep}node_modules${sep}`);

/** The folder of `.devstack` and `.cache`. */
export const ROOT_FOLDER = IS_CHECKOUT
  ? join(PACKAGE_FOLDER, "..", "..")
  : projectFolderOf(PACKAGE_FOLDER, { home: homedir(), exists: existsSync });

/** The next step when a server program is missing, as a part of a sentence. */
export const SETUP = IS_CHECKOUT ? "run scripts/setup" : "install it";

/** How to get Apache Kafka instead of the mock broker, as a part of a sentence. */
export const SETUP_KAFKA = IS_CHECKOUT ? SETUP : "unpack it and set KAFKA_HOME";

/** Returns the project that has installed the package, or `home` when there is no project. */
export function projectFolderOf(
  packageFolder: string,
  { home, exists }: { readonly home: string; readonly exists: (path: string) => boolean },
): string {
  const [project = home] = packageFolder.split(`${sep}node_modules${sep}`, 1);
  return exists(join(project, "package.json")) ? project : home;
}
