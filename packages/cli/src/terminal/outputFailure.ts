import { EXIT } from "../cliError.ts";

/**
 * Lets a command end its work when its output cannot be written, such as on a full device, and
 * reports the loss in one line when the process exits. The command must not end at the failed
 * write: a change that it makes would stop half way.
 *
 * A closed pipe (`| head -1`) is no failure: the reader has what it needs. Messages that stderr
 * does not take are lost without a report, because no place for the report is left.
 */
export function reportOutputFailure(): void {
  let failure: NodeJS.ErrnoException | undefined;
  // oclif installs a listener that throws every error but EPIPE, which prints a stack.
  process.stdout.removeAllListeners("error");
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") failure ??= error;
  });
  process.stderr.on("error", () => {});
  process.once("exit", () => {
    if (failure === undefined) return;
    process.stderr.write(
      `Error OUTPUT_FAILED: The output is lost: ${failure.message}. The command has run; if ` +
        "it changes data, `onsale audit list` shows it.\n",
    );
    // A code that the command has set says more: 4 means that a job waits to be continued.
    process.exitCode ||= EXIT.failure;
  });
}
