import type { Dependency } from "../../shared/errors.ts";
import { yieldToEventLoop } from "../../shared/yieldToEventLoop.ts";

/**
 * Connects one process with the in-memory servers. An adapter reads or changes a server's state
 * only inside `call`, once for each round trip of the real adapter. So the owner of the link can
 * delay a call, lose it, lose its answer, or let another process act first.
 */
export interface ServerLink {
  /**
   * Sends one call to a server.
   * @param point names the round trip for traces and faults: "seats.hold", "queue.join"
   * @param work the server's work; it runs at most once
   * @throws ConnectionLostError when the call or its answer was lost. The server may have done the
   *   work
   */
  call<T>(server: Dependency, point: string, work: () => T | Promise<T>): Promise<T>;
}

/** The connection to a server was lost. The caller cannot know whether the server did the work. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  /** True when the server will still do the work after the caller got this error. */
  readonly isUnderWay: boolean;

  constructor(point: string, { isUnderWay = false }: { isUnderWay?: boolean } = {}) {
    super(`the connection broke at ${point}`);
    this.isUnderWay = isUnderWay;
  }
}

/**
 * Lets other requests run between a call and its work, as a network does. Without this pause, each
 * request would finish before the next one starts, and races could not happen.
 */
export const yieldingLink: ServerLink = {
  async call(_server, _point, work) {
    await yieldToEventLoop();
    return work();
  },
};

/** Runs the work of a call immediately. */
export const directLink: ServerLink = {
  call: async (_server, _point, work) => work(),
};
