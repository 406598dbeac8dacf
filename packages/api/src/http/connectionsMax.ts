import { readFileSync } from "node:fs";

/**
 * File descriptors for everything else: Redis, Kafka, the log, listening sockets, and an operator's
 * probes.
 */
const OTHER_FILES = 100;

/**
 * Maximum number of connections of each further port (`ADMIN_PORT`, `METRICS_PORT`): enough for
 * operators, their tools and probes. All ports share the files of the process, so without a bound
 * of their own, connections to one port would leave no files for the others.
 */
export const OPERATOR_CONNECTIONS_MAX = 64;

/** The minimum: with fewer connections, a process cannot do useful work. */
const CONNECTIONS_MIN = 16;

/**
 * Computes how many client connections `PORT` can have. Each connection needs a file descriptor. A
 * process without free descriptors can neither connect to its servers nor answer a probe.
 * @param wanted the configured number
 * @param otherConnections maximum number of connections to the database and on other ports
 * @param filesMax how many files the process may open; undefined when unknown
 */
export function connectionsMax(
  wanted: number,
  otherConnections: number,
  filesMax: number | undefined = openFilesMax(),
): number {
  if (filesMax === undefined) return wanted;
  const possible = filesMax - otherConnections - OTHER_FILES;
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
