/** The process of `killWithParent`: kills the given process when its own parent has ended. */
const pid = Number(process.argv[2]);

// The listener alone would not keep this process alive.
process.channel?.ref();
process.once("disconnect", () => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
});
