import type { ServerStatus } from "@onsale/devstack";
import { painted, table } from "./terminal/table.ts";

/** Formats the servers of a stack as a table for people. */
export function serverTable(servers: readonly ServerStatus[]): string {
  return table(
    ["SERVER", "STATE", "WHAT", "URL", "PID", "FROM"],
    servers.map((server) => [
      server.name,
      server.ready ? painted("green", "ready") : painted("red", "DOWN"),
      server.flavour,
      server.url,
      server.pid === undefined ? "-" : String(server.pid),
      server.source,
    ]),
  );
}
