import { DevstackError } from "./devstackError.ts";
import { mysqlVersionAt } from "./mysqlServer.ts";
import type { OpenStack } from "./openStack.ts";
import { PING_MAX_MS } from "./serverKinds.ts";
import { type MysqlFlavour, mysqlFlavours, type StackOptions } from "./types.ts";

/**
 * Returns the requested flavour: the option, else DEVSTACK_MYSQL, else undefined.
 * @throws DevstackError for an unknown flavour
 */
export function requestedMysqlFlavour(
  options: Pick<StackOptions, "mysql" | "env">,
): MysqlFlavour | undefined {
  const wanted = options.mysql ?? (options.env ?? process.env).DEVSTACK_MYSQL?.trim();
  if (wanted === undefined || wanted === "") return undefined;
  const found = mysqlFlavours.find((flavour) => flavour === wanted);
  if (found === undefined) {
    throw new DevstackError(
      `The devstack has no MySQL "${wanted}"; ask for ${mysqlFlavours.join(" or ")}, or unset ` +
        "DEVSTACK_MYSQL to use the default",
    );
  }
  return found;
}

/** @throws DevstackError when the stack's own running server is not of the requested flavour */
export function checkRunningFlavour(stack: OpenStack, requested: MysqlFlavour | undefined): void {
  if (requested === undefined || requested === stack.state.mysqlFlavour) return;
  throw new DevstackError(
    `This stack already runs ${stack.state.servers.mysql?.flavour}, not ${nameOf(requested)}; ` +
      "run `onsale stack down` first. Each flavour keeps its own data.",
  );
}

/** @throws DevstackError when the server at MYSQL_URL is not of the requested flavour */
export async function checkGivenFlavour(
  url: string,
  requested: MysqlFlavour | undefined,
): Promise<void> {
  if (requested === undefined) return;
  const version = await mysqlVersionAt(url, PING_MAX_MS);
  const isWanted =
    requested === "mariadb" ? /mariadb/i.test(version) : version.startsWith(`${requested}.`);
  if (isWanted) return;
  throw new DevstackError(
    `MYSQL_URL names a server of version ${version}, not ${nameOf(requested)}; name another one, ` +
      "or unset MYSQL_URL to let the devstack run its own",
  );
}

function nameOf(flavour: MysqlFlavour): string {
  return flavour === "mariadb" ? "MariaDB" : `MySQL ${flavour}`;
}
