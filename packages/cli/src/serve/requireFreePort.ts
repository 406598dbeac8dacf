import { createServer } from "node:net";
import { listenError } from "./listenError.ts";
import type { ServeAddress } from "./serveOptions.ts";

/** @throws CliError with exit code 3 when no server could listen at this address now */
export function requireFreePort(address: ServeAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error) => reject(listenError(error, address)));
    probe.listen({ ...address, exclusive: true }, () => probe.close(() => resolve()));
  });
}
