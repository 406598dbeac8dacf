import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const GUARD = fileURLToPath(new URL("./parentGuard.ts", import.meta.url));

/**
 * Kills a child that is not a Node process when this process ends in any way, also by SIGKILL. A
 * process of its own waits for that: only Node processes have a channel that closes.
 */
export function killWithParent(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  const guard = fork(GUARD, [String(pid)], {
    // Ctrl-C ends this process and the child, and leaves nothing to guard.
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  guard.unref();
  guard.channel?.unref();
  child.once("exit", () => guard.kill("SIGKILL"));
}
