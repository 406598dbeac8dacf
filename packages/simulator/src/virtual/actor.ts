import { AsyncLocalStorage } from "node:async_hooks";
import type { SeededRandom } from "../chance/seededRandom.ts";

/** Who acts: a buyer, a request within a process, or a process by itself. */
export interface Actor {
  /** "buyer-7", "buyer-7@api-1", "worker-2". */
  readonly name: string;
  /** Unlike the name unique in a run, where many have one: "buyer-7.12@api-1", a request. */
  readonly key?: string;
  /** Draws the faults of this actor's calls; nobody else draws from it. */
  readonly random: SeededRandom;
  /** How many calls it has made; names them for faults. */
  calls: number;
}

const current = new AsyncLocalStorage<Actor>();

/** Runs the work, and all that follows from it, as the actor's. */
export function actAs<T>(actor: Actor, work: () => T): T {
  return current.run(actor, work);
}

/** Who acts now; undefined outside of all actors. */
export function currentActor(): Actor | undefined {
  return current.getStore();
}
