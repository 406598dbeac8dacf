import { AsyncLocalStorage } from "node:async_hooks";
import type { SeededRandom } from "../chance/seededRandom.ts";

/** The party that does an operation: a buyer, a request within a process, or a process itself. */
export interface Actor {
  /** The name in traces: "buyer-7", "buyer-7@api-1", "worker-2". */
  readonly name: string;
  /**
   * A key that is unique in a run, "buyer-7.12@api-1". Only a request has a key, because many
   * requests share a name.
   */
  readonly key?: string;
  /** A random stream that only this actor uses, for the faults of its calls. */
  readonly random: SeededRandom;
  /** The number of calls that the actor has made. The name of a fault contains this number. */
  calls: number;
}

const current = new AsyncLocalStorage<Actor>();

/** Runs the work as this actor, including all asynchronous work that it starts. */
export function actAs<T>(actor: Actor, work: () => T): T {
  return current.run(actor, work);
}

/** The current actor; undefined outside of all actors. */
export function currentActor(): Actor | undefined {
  return current.getStore();
}
