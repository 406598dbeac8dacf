import { createServer } from "node:net";

/**
 * Lowest port. The range ends below Linux's ephemeral ports (from 32768), so that no outgoing
 * connection takes the port.
 */
const PORT_MIN = 20_000;
const PORT_COUNT = 12_000;
/** When this many ports in a row are in use, something else is wrong with the machine. */
const PROBES_MAX = 200;

/**
 * Finds free loopback ports. A process that is restarted after a kill uses the same port again.
 * @param start any integer that selects where the search begins; it should differ between runs
 */
export async function freePorts(count: number, start: number): Promise<readonly number[]> {
  const chosen: number[] = [];
  for (let probe = 0; probe < PROBES_MAX && chosen.length < count; probe++) {
    const port = PORT_MIN + (Math.abs(start + probe) % PORT_COUNT);
    if (await isPortFree(port)) chosen.push(port);
  }
  if (chosen.length < count) throw new Error(`No ${count} free ports near ${PORT_MIN}`);
  return chosen;
}

/** True when no program listens at the loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
