import type { ServerResponse } from "node:http";

/*
 * Shared bodies of answers that their clients have not read
 *
 * Problem: all answers with the same version of a seat list share one buffer. While seats are sold,
 * a list has several versions a second, and each of them stays in memory until its last reader has
 * read it: 4 MB for a hall of 60,000 seats. Clients that read a little now and then would fill the
 * memory with versions, each client with as many as it may have open requests.
 *
 * So the bytes of all these buffers together are bounded. Beyond the bound, the process ends the
 * connections of the answers whose buffer has had no new reader for longest. Their clients ask
 * again.
 *
 * Not promised: that a client which reads more slowly than the lists change gets a whole list.
 */

/** The shared bodies of one process. */
export interface UnreadBodies {
  /** Counts the body until the response is written completely, or its connection has ended. */
  add(response: ServerResponse, body: Buffer): void;
}

/** @param bytesMax the maximum of all different bodies; one body alone may be larger */
export function unreadBodies(bytesMax: number): UnreadBodies {
  // In the order of their newest readers.
  const readers = new Map<Buffer, Set<ServerResponse>>();
  let bytes = 0;

  function remove(response: ServerResponse, body: Buffer): void {
    const left = readers.get(body);
    if (!left?.delete(response) || left.size > 0) return;
    readers.delete(body);
    bytes -= body.length;
  }

  return {
    add(response, body) {
      const known = readers.get(body);
      if (known) readers.delete(body);
      else bytes += body.length;
      readers.set(body, (known ?? new Set()).add(response));
      response.once("close", () => remove(response, body));
      for (const [oldest, responses] of readers) {
        if (bytes <= bytesMax || oldest === body) return;
        for (const one of responses) {
          remove(one, oldest);
          one.req.socket.destroy();
        }
      }
    },
  };
}
