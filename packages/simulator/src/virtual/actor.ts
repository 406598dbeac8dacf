import { AsyncLocalStorage } from "node:async_hooks";
import type { SeededRandom } from "../chance/seededRandom.ts";

/** The owner of operations: a buyer, a request in a process, or a process itself. */
export interface Actor {
  /** "buyer-7", "buyer-7@api-1", "worker-2". */
  readonly name: string;
  /** Unique in a run; set for a request, "buyer-7.12@api-1", because many requests share a name. */
  readonly key?: string;
  /** Random stream of this actor alone, for the faults of its calls. */
  readonly random: SeededRandom;
  /** The number of calls that the actor has made; a fault is named by this number. */
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
