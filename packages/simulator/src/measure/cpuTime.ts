import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";

/** One clock tick in /proc/PID/stat, ms. USER_HZ is 100 on every Linux that Node supports. */
const TICK_MS = 10;
/**
 * Positions of utime and stime, counted from the field after the process name, because the name, in
 * parentheses, can contain spaces.
 */
const UTIME = 11;
const STIME = 12;

/** CPU time that a process has used, ms; undefined where /proc does not exist. */
export async function cpuTimeMs(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[UTIME]) + Number(fields[STIME]);
  return Number.isFinite(ticks) ? ticks * TICK_MS : undefined;
}

/** Positions of idle and iowait in the first line of /proc/stat, counted from its first number. */
const IDLE = 3;
const IOWAIT = 4;
/** The positions from here on count guests, whose time is in `user` and `nice` too. */
const GUEST = 8;

/**
 * CPU time that the whole machine has used since it started, ms. On Linux this includes software
 * interrupts, which carry the network and which Node does not report, and the time that the host of
 * a virtual machine gave to other machines.
 */
export function machineCpuMs(): number {
  let stat: string;
  try {
    stat = readFileSync("/proc/stat", "utf8");
  } catch {
    return cpus().reduce(
      (sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq,
      0,
    );
  }
  return busyMs(stat);
}

/** CPU time of the whole machine, ms, from the text of /proc/stat. */
export function busyMs(stat: string): number {
  const [, ...fields] = stat.slice(0, stat.indexOf("\n")).split(/ +/);
  const busy = fields.slice(0, GUEST).filter((_, at) => at !== IDLE && at !== IOWAIT);
  return busy.reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
}

/** Maps a name for the report to the pids of the processes that are measured under this name. */
export type WatchedProcesses = Readonly<Record<string, readonly number[]>>;

/** Returns the CPU time for each name, ms. Returns no times when the system has no /proc. */
export async function cpuTimes(watched: WatchedProcesses): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const [name, pids] of Object.entries(watched)) {
    const each = await Promise.all(pids.map(cpuTimeMs));
    const known = each.filter((ms) => ms !== undefined);
    if (known.length > 0)
      times.set(
        name,
        known.reduce((sum, ms) => sum + ms, 0),
      );
  }
  return times;
}

/** Returns the CPU time for each name between two measurements, ms. */
export function cpuSpent(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Record<string, number> {
  const spent: Record<string, number> = {};
  for (const [name, ms] of after) spent[name] = ms - (before.get(name) ?? 0);
  return spent;
}
