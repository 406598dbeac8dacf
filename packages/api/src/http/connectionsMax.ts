import { readFileSync } from "node:fs";

/** For Redis and Kafka, log and listening sockets, and the probes of an operator. */
const OTHER_FILES = 100;

/** With fewer connections a process cannot serve anybody. */
const CONNECTIONS_MIN = 16;

/**
 * The number of connections that the process can have. Each connection needs a file descriptor, and
 * a process without free descriptors can neither reach its servers nor answer a probe.
 * @param wanted the setting
 * @param databaseConnections what the process opens to its database at most
 * @param filesMax how many files the process may open; undefined when that is not known
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

/** The soft limit of open files on Linux; Node has no function for it. */
function openFilesMax(): number | undefined {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync(LIMITS_FILE, "utf8")) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

const LIMITS_FILE = "/proc/self/limits";
