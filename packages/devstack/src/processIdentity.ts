import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * The start time of a process, for comparison. A pid alone does not identify a process: the system
 * reuses pids, and a signal could reach another process.
 */
export type ProcessIdentity = string;

/**
 * Returns the start ticks (field 22) of a `/proc/<pid>/stat` line; undefined for a zombie. A zombie
 * does not run, but its entry exists until its parent reaps it, which may never happen. Exception:
 * a JVM that was killed is a zombie (field 3) while its other threads still use its ports. So a
 * zombie with several threads (field 20) counts as running. The command name (field 2) may contain
 * spaces and brackets, so the fields are counted from the last bracket.
 */
export function startTicksOf(statLine: string): string | undefined {
  const fields = statLine.slice(statLine.lastIndexOf(")") + 2).split(" ");
  const [state, threadCount, ticks] = [fields[0], Number(fields[17]), fields[19]];
  const isDead = state === "X" || (state === "Z" && threadCount <= 1);
  return isDead ? undefined : ticks;
}

/** Returns the identity of a running process; undefined when no process has this pid. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  try {
    if (process.platform === "linux") {
      const ticks = startTicksOf(readFileSync(`/proc/${pid}/stat`, "utf8"));
      if (ticks === undefined) return undefined;
      // The ticks are counted from the boot of the system, so the identity includes the boot id.
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${boot}:${ticks}`;
    }
    const args = ["-o", "lstart=", "-p", String(pid)];
    const started = execFileSync("ps", args, { encoding: "utf8" }).trim();
    return started === "" ? undefined : started;
  } catch {
    return undefined;
  }
}

/** Returns true when the process that was recorded as (pid, identity) still runs. */
export function isSameProcess(pid: number, identity: ProcessIdentity): boolean {
  return processIdentity(pid) === identity;
}
