import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { DevstackError } from "./devstackError.ts";

/** Lowest port. Linux uses ports from 32768 for outgoing connections, so the range is far below. */
const PORT_MIN = 20_000;
const PORT_COUNT = 12_000;
/** When this many ports in a row are busy, the machine has another problem. */
const PROBES_MAX = 200;

/** Tests whether the loopback port is free by binding it. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

/** Returns the port at which the search of a stack starts. The port differs between checkouts. */
export function firstPort(stackDir: string): number {
  const hash = createHash("sha256").update(stackDir).digest().readUInt32BE(0);
  return PORT_MIN + (hash % PORT_COUNT);
}

/**
 * Returns the first free ports, starting at the stack's first port.
 * @throws DevstackError when too many ports in a row are busy
 */
export async function chooseFreePorts(
  stackDir: string,
  count: number,
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<number[]> {
  const chosen: number[] = [];
  const start = firstPort(stackDir) - PORT_MIN;
  for (let probe = 0; probe < PROBES_MAX && chosen.length < count; probe += 1) {
    const port = PORT_MIN + ((start + probe) % PORT_COUNT);
    if (await isFree(port)) chosen.push(port);
  }
  if (chosen.length < count) {
    throw new DevstackError(
      `No ${count} free ports on 127.0.0.1 from ${firstPort(stackDir)} on; stop what listens there`,
    );
  }
  return chosen;
}
