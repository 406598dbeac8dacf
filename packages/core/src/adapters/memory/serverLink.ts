import type { Dependency } from "../../shared/errors.ts";
import { yieldToEventLoop } from "../../shared/yieldToEventLoop.ts";

/**
 * Connects one process with the in-memory servers. An adapter reads and changes a server's state
 * only inside `call`, once for each round trip that the real adapter makes. The owner of the link
 * can therefore delay a call, lose it, lose its answer, or let another process go first.
 */
export interface ServerLink {
  /**
   * @param point names the round trip for traces and faults: "seats.hold", "queue.join"
   * @param work what the server does; it runs at most once
   * @throws ConnectionLostError when the call or its answer got lost: the work may have been done
   */
  call<T>(server: Dependency, point: string, work: () => T | Promise<T>): Promise<T>;
}

/** The connection to a server broke; the caller cannot know whether the server did the work. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  /** The server will still do the work, after the caller got this error. */
  readonly isUnderWay: boolean;

  constructor(point: string, { isUnderWay = false }: { isUnderWay?: boolean } = {}) {
    super(`the connection broke at ${point}`);
    this.isUnderWay = isUnderWay;
  }
}

/**
 * Lets other requests act between a call and its work, as a network does. Without this pause each
 * request would run to its end before the next one starts, and no two requests would ever race.
 */
export const yieldingLink: ServerLink = {
  async call(_server, _point, work) {
    await yieldToEventLoop();
    return work();
  },
};

/** Does the work of a call at once. */
export const directLink: ServerLink = {
  call: async (_server, _point, work) => work(),
};
