import { createServer } from "node:net";

/** Below Linux's ephemeral range (32768 on), so that no outgoing connection takes the port. */
const PORT_MIN = 20_000;
const PORT_COUNT = 12_000;
/** More busy neighbours than this means something else is wrong with the machine. */
const PROBES_MAX = 200;

/**
 * Free loopback ports for processes that must come back on the same one after a kill.
 * @param start where to begin, any integer; different runs should differ
 */
export async function freePorts(count: number, start: number): Promise<readonly number[]> {
  const chosen: number[] = [];
  for (let probe = 0; probe < PROBES_MAX && chosen.length < count; probe++) {
    const port = PORT_MIN + (Math.abs(start + probe) % PORT_COUNT);
    if (await isFree(port)) chosen.push(port);
  }
  if (chosen.length < count) throw new Error(`No ${count} free ports near ${PORT_MIN}`);
  return chosen;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
