import type { Dependency } from "../../shared/errors.ts";
import { nextTurn } from "../../shared/nextTurn.ts";

/**
 * The way from one process to the servers in memory. An adapter does nothing to a server's state
 * but in a call, one for each round trip that the real adapter makes, so whoever owns the wire can
 * hold a call up, lose it, lose its answer, or let another process go first.
 */
export interface Wire {
  /**
   * @param point names the round trip for traces and faults: "seats.hold", "queue.join"
   * @param work what the server does; it runs at most once
   * @throws ConnectionLostError when the call or its answer got lost: the work may have been done
   */
  call<T>(server: Dependency, point: string, work: () => T | Promise<T>): Promise<T>;
}

/** The connection to a server broke; nothing is known of the call that was under way. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  /** The call is still on its way: the server will do its work after the caller was told so. */
  readonly isUnderWay: boolean;

  constructor(point: string, { isUnderWay = false }: { isUnderWay?: boolean } = {}) {
    super(`the connection broke at ${point}`);
    this.isUnderWay = isUnderWay;
  }
}

/**
 * A wire on which others act while a call is on its way, as at a real server: without it each
 * request would run to its end before the next is read, and nobody would ever meet anybody.
 */
export const travellingWire: Wire = {
  async call(_server, _point, work) {
    await nextTurn();
    return work();
  },
};

/** A wire on which every call arrives at once. */
export const directWire: Wire = {
  call: async (_server, _point, work) => work(),
};
