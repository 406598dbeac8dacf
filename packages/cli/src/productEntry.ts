import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { IS_CHECKOUT, ROOT_FOLDER } from "@onsale/devstack/folders";
import { CliError, EXIT } from "./cliError.ts";

/** The file that starts API and worker processes. The variable ROLE selects the role. */
export const PRODUCT_ENTRY = fileURLToPath(import.meta.resolve("@onsale/api/main"));

/** The folder of this checkout's, or this project's, local servers, logs and secrets. */
export const DEVSTACK_FOLDER = join(ROOT_FOLDER, ".devstack");

/** How the user starts a command, for commands to copy. */
export const ONSALE = IS_CHECKOUT ? "pnpm onsale" : "npx onsale";

/** @throws CliError when this program is not in a checkout, whose files a command or flag uses */
export function requireCheckout(words: string): void {
  if (IS_CHECKOUT) return;
  throw new CliError("NOT_A_CHECKOUT", `${words} uses files of Onsale's repository`, {
    exitCode: EXIT.usage,
    cause: "This program is an installed package, which does not have these files.",
    next: "Run the command in a checkout of the repository.",
  });
}
