import type { ServerInspection } from "@onsale/core";
import { CliError, EXIT, UNREACHABLE_NEXT } from "./cliError.ts";

/**
 * Inspects the servers that a measurement needs, before it begins: some of its processes would
 * wait for a server without an end.
 * @returns the products and their versions, such as "Redis 7.0.15"
 * @throws CliError with exit code 3 when one of them does not answer
 */
export async function reachableServers(
  servers: NodeJS.ProcessEnv,
  needed: readonly ServerInspection["server"][],
): Promise<readonly string[]> {
  const { inspectServers, readServersConfig } = await import("@onsale/core");
  const inspected = await inspectServers(readServersConfig(servers));
  const own = inspected.filter(({ server }) => needed.includes(server));
  const down = own.filter(({ reachable }) => !reachable);
  if (down.length === 0) return own.flatMap(({ version }) => version ?? []);
  const names = down.map(({ server }) => server).join(" and ");
  throw new CliError("DEPENDENCY_UNAVAILABLE", `The measurement cannot reach ${names}`, {
    exitCode: EXIT.precondition,
    cause: down.flatMap(({ reason }) => reason ?? []).join("; "),
    next: UNREACHABLE_NEXT,
  });
}
