import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DevstackError } from "./devstackError.ts";
import { isSameProcess, processIdentity } from "./processIdentity.ts";

/**
 * Longest wait for the lock. The first start takes seconds, so a command that holds the lock longer
 * hangs.
 */
const LOCK_WAIT_MAX_MS = 120_000;
const POLL_MS = 50;

/**
 * Runs `work` while no other process changes the same stack. Takes over the lock of a process that
 * has ended.
 * @throws DevstackError when a running process holds the lock too long
 */
export async function withStackLock<T>(stackDir: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(stackDir, { recursive: true });
  const lockFile = join(stackDir, "lock");
  const mine = `${process.pid} ${processIdentity(process.pid)} ${nextTicket()}`;
  const deadline = performance.now() + LOCK_WAIT_MAX_MS;
  while (!tryLock(lockFile, mine)) {
    removeIfAbandoned(lockFile);
    if (performance.now() > deadline) {
      throw new DevstackError(
        `Another command uses this stack (${readLock(lockFile)}); wait for it, ` +
          `or remove ${lockFile} if it has ended`,
      );
    }
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    if (readLock(lockFile) === mine) rmSync(lockFile, { force: true });
  }
}

let tickets = 0;
function nextTicket(): number {
  tickets += 1;
  return tickets;
}

function tryLock(lockFile: string, owner: string): boolean {
  try {
    writeFileSync(lockFile, owner, { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

function readLock(lockFile: string): string | undefined {
  try {
    return readFileSync(lockFile, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Removes the lock file of an ended process. The file is renamed first, so that only one waiting
 * process removes it. A lock that is in use again is restored.
 */
function removeIfAbandoned(lockFile: string): void {
  const seen = readLock(lockFile);
  if (seen === undefined || seen === "") return;
  const [pid, identity] = seen.split(" ");
  if (isSameProcess(Number(pid), identity ?? "")) return;
  const aside = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, aside);
    const moved = readLock(aside);
    if (moved !== undefined && moved !== seen) tryLock(lockFile, moved);
    rmSync(aside, { force: true });
  } catch {
    // When the rename fails, another waiting process has already removed the file.
  }
}
