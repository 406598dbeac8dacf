import { readFileSync } from "node:fs";

/**
 * File descriptors for everything else: Redis, Kafka, the log, listening sockets, and an operator's
 * probes.
 */
const OTHER_FILES = 100;

/** The minimum: with fewer connections, a process cannot do useful work. */
const CONNECTIONS_MIN = 16;

/**
 * Computes how many client connections the process can have. Each connection needs a file
 * descriptor. A process without free descriptors can neither connect to its servers nor answer a
 * probe.
 * @param wanted the configured number
 * @param databaseConnections maximum number of connections from the process to its database
 * @param filesMax how many files the process may open; undefined when unknown
 */
export function connectionsMax(
  wanted: number,
  databaseConnections: number,
  filesMax: number | undefined = openFilesMax(),
): number {
  if (filesMax === undefined) return wanted;
  const possible = filesMax - databaseConnections - OTHER_FILES;
  return Math.min(wanted, Math.max(CONNECTIONS_MIN, possible));
}

/** Reads the soft limit of open files on Linux, because Node has no function for it. */
function openFilesMax(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync(LIMITS_FILE, "utf8")) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

const LIMITS_FILE = "/proc/self/limits";
