/**
 * Preloaded into each process that `startChild` starts. Its parent stops it in order; but a parent
 * that was ended by SIGKILL cannot, and the process would serve its port for ever. Then the channel
 * to the parent closes, and the process stops as after SIGTERM.
 *
 * Not promised: a process that is frozen (SIGSTOP) ends only after it has been continued.
 */

/** As long as the parent would wait for a stop (`STOP_MAX_MS` in childProcess.ts). */
const STOP_MAX_MS = 15_000;

process.once("disconnect", () => {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), STOP_MAX_MS).unref();
  process.kill(process.pid, "SIGTERM");
});
