import { CliError, EXIT } from "../cliError.ts";

/** Makes the error for a port that another program uses. */
export function portTakenError(port: number): CliError {
  return new CliError("PORT_TAKEN", `Another program listens on port ${port}`, {
    exitCode: EXIT.precondition,
    next: "Choose another port with --port, or take a free one with --port 0.",
  });
}
