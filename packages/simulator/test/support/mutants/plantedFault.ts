import type { CoreContext } from "@onsale/core";
import type { MemoryServers, ServerLink } from "@onsale/core/memory";
import { type MemoryDb, memoryDb } from "@onsale/core/testing";
import type { Mutant } from "../../../src/virtual/runSeed.ts";
import type { CheckId } from "../../../src/virtual/violations.ts";

/** Settings and limits in which a fault shows sooner; the unchanged product passes there too. */
export interface Circumstances {
  /** "in a room of 12 a minute" */
  readonly says: string;
  readonly mutant: Mutant;
}

/** A possible fault of the product, and how the virtual engine plants it. */
export interface PlantedFault {
  readonly name: string;
  /** The behaviour of the faulty product, as a sentence. */
  readonly plants: string;
  /** The place in the product that the fault removes or changes, found by a text in the file. */
  readonly place: { readonly path: string; readonly text: string };
  readonly circumstances?: Circumstances;
  /** Makes a new mutant for each run, so that runs share no state. */
  plant(): Mutant;
}

/** A fault that the checks must see. */
export interface CaughtFault extends PlantedFault {
  /** The only checks that may detect the fault; the first check must detect it. */
  readonly caughtBy: readonly [CheckId, ...CheckId[]];
  /** The first check detects the fault in one of the seeds from 1 up to this seed. */
  readonly seedsMax: number;
}

/** A fault that breaks nothing, with the reason. */
export interface HarmlessFault extends PlantedFault {
  readonly because: string;
}

/** The parts from which a mutant is built. */
export interface Parts {
  /** The process as the product made it. */
  readonly core: CoreContext;
  readonly servers: MemoryServers;
  /** The link of the process to the servers. */
  readonly link: ServerLink;
  /** For statements of the mutant's own, also within the transactions of `core`. */
  readonly db: MemoryDb;
}

/** Replaces ports of a process. */
export function otherPorts(change: (parts: Parts) => Partial<CoreContext>): Mutant {
  return {
    alter(core, servers, link) {
      const db = memoryDb(servers.database, link, core);
      return { ...core, ...change({ core, servers, link, db }) };
    },
  };
}

/** Removes a constraint or an index of the in-memory database. */
export function withoutDefence(drop: (tables: MemoryDb["tables"]) => void): Mutant {
  return { weaken: ({ database }) => drop(database.tables) };
}

/** Plants two mutants: the second changes the product with the first mutant. */
export function together(first: Mutant, second: Mutant): Mutant {
  return {
    isRough: first.isRough === true || second.isRough === true,
    replaceLink(link) {
      const once = first.replaceLink?.(link) ?? link;
      return second.replaceLink?.(once) ?? once;
    },
    weaken(servers) {
      first.weaken?.(servers);
      second.weaken?.(servers);
    },
    alter(core, servers, link) {
      const once = first.alter?.(core, servers, link) ?? core;
      return second.alter?.(once, servers, link) ?? once;
    },
  };
}

/** The fault with its settings, as a mutant for a run. */
export function mutantOf({ circumstances, plant }: PlantedFault): Mutant {
  return circumstances ? together(circumstances.mutant, plant()) : plant();
}
