/**
 * Preloaded into each process that `startChild` starts. Its parent stops it in order; but a parent
 * that was ended by SIGKILL cannot, and the process would serve its port for ever. Then the channel
 * to the parent closes, and the process stops as after SIGTERM. A process of the product has its
 * own time limit for that.
 *
 * Not promised: a process that is frozen (SIGSTOP) ends only after it has been continued.
 */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// A listener keeps the channel, and with it the process, alive after the process has no other work.
process.channel?.unref();
