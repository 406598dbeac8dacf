import { CliError, EXIT } from "../cliError.ts";

/** Another program listens on the API's port. */
export function portTakenError(port: number): CliError {
  return new CliError("PORT_TAKEN", `Another program listens on port ${port}`, {
    exitCode: EXIT.precondition,
    next: "Choose another port with --port, or take a free one with --port 0.",
  });
}
