import type { ServerStatus } from "@onsale/devstack";
import { paint } from "./terminal/paint.ts";
import { table } from "./terminal/table.ts";

/** Formats the servers of a stack as a table for people. */
export function serverTable(servers: readonly ServerStatus[]): string {
  return table(
    ["SERVER", "STATE", "WHAT", "URL", "PID", "FROM"],
    servers.map((server) => [
      server.name,
      server.ready ? paint("green", "ready") : paint("red", "DOWN"),
      server.flavour,
      server.url,
      server.pid === undefined ? "-" : String(server.pid),
      server.source,
    ]),
  );
}
