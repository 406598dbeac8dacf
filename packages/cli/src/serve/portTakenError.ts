import { CliError, EXIT } from "../cliError.ts";

/** Somebody else listens where the API was to. */
export function portTakenError(port: number): CliError {
  return new CliError("PORT_TAKEN", `Another program listens on port ${port}`, {
    exitCode: EXIT.precondition,
    next: "Choose another with --port, or let a free one be taken with --port 0.",
  });
}
