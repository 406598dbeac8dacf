import { CliError, EXIT } from "../cliError.ts";
import type { ServeAddress } from "./serveOptions.ts";

/** Error codes of Node for an address that no network interface of the machine has. */
const NO_SUCH_ADDRESS = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN", "EINVAL"]);

/** Explains why a server cannot listen at the address. Returns any other error unchanged. */
export function listenError(error: unknown, { host, port }: ServeAddress): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const explained = (name: string, message: string, next: string): CliError =>
    new CliError(name, message, { exitCode: EXIT.precondition, next, cause: error });
  if (code === "EADDRINUSE") {
    return explained(
      "PORT_TAKEN",
      `Another program listens on port ${port}`,
      "Choose another port with --port, or take a free one with --port 0.",
    );
  }
  if (code === "EACCES") {
    return explained(
      "PORT_FORBIDDEN",
      `This user may not listen on port ${port}`,
      "Choose a port above 1023 with --port.",
    );
  }
  if (!NO_SUCH_ADDRESS.has(code)) return error;
  return explained(
    "HOST_UNUSABLE",
    `No network interface of this machine has the address ${host}`,
    "Correct --host or HOST; 127.0.0.1 accepts connections from this machine only.",
  );
}
