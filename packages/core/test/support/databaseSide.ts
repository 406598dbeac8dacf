import type { End, OpenTransaction } from "@onsale/conformance/transactionRace";
import { openTransaction, settlesWithin } from "@onsale/conformance/transactionRace";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { StoryAct } from "./databaseActs.ts";
import { type Cast, dismiss, newCast, stateOf } from "./databaseStory.ts";

/** Round trips between two checks for waiting transactions. */
const ROUND_TRIPS = 50;

/** A process of a story on one database. The process runs one transaction after the other. */
interface Party {
  readonly core: CoreContext;
  transaction: OpenTransaction;
  /** The act whose answer has not been reported yet. */
  pending: Pending | undefined;
}

interface Pending {
  readonly answer: Promise<string>;
  isSettled: boolean;
}

/** The ports and helpers of one database for a story. */
export interface Ground {
  /** One core for each party. */
  readonly cores: readonly CoreContext[];
  /** The core that observes the story. */
  readonly watch: CoreContext;
  /** The kind of the failure of an act, as the story reports it. */
  kindOf(error: unknown): string;
  /** The number of transactions that wait for a row lock now. */
  countWaiting(): Promise<number>;
}

/** Runs a story on one database. */
export interface Side {
  /**
   * Runs an act. @returns the answers of the party and of parties that waited, with their numbers;
   * no answer of a party that waits; undefined when the party still waits for an earlier answer.
   */
  act(party: number, act: StoryAct): Promise<readonly string[] | undefined>;
  /** Ends the party's transaction and begins the next one. */
  end(party: number, how: End): Promise<readonly string[] | undefined>;
  state(): Promise<unknown>;
  /** Commits all open transactions in order. @returns the answers of parties that waited */
  close(): Promise<readonly string[]>;
}

export async function openSide(ground: Ground): Promise<Side> {
  const cast: Cast = await newCast(ground.watch);
  const parties: Party[] = [];
  for (const core of ground.cores) {
    parties.push({ core, transaction: await openTransaction(core), pending: undefined });
  }

  async function beginAnew(party: Party, how: End): Promise<void> {
    await party.transaction.end(how);
    party.transaction = await openTransaction(party.core);
  }

  function freeParty(index: number): Party | undefined {
    const party = parties[index];
    return party?.pending ? undefined : party;
  }

  return {
    async act(index, act) {
      const party = freeParty(index);
      if (!party) return undefined;
      party.pending = begin(ground, cast, party, act);
      return listen(ground, parties, beginAnew);
    },
    async end(index, how) {
      const party = freeParty(index);
      if (!party) return undefined;
      await beginAnew(party, how);
      return listen(ground, parties, beginAnew);
    },
    state: () => stateOf(cast),
    async close() {
      const left = new Set(parties);
      const said: string[] = [];
      while (left.size > 0) {
        const free = [...left].find((party) => !party.pending);
        if (free) {
          left.delete(free);
          await free.transaction.end("commit");
        }
        const giveUp = (failed: Party): Promise<void> => failed.transaction.end("rollback");
        said.push(...(await listen(ground, parties, giveUp)));
      }
      await dismiss(cast);
      return said;
    },
  };
}

function begin({ kindOf }: Ground, cast: Cast, party: Party, { run }: StoryAct): Pending {
  const answer = party.transaction
    .act((core, tx) => run({ ...cast, core }, tx))
    .then(
      (value) => JSON.stringify(value ?? null),
      (error: unknown) => `fails: ${kindOf(error)}`,
    );
  const pending: Pending = { answer, isSettled: false };
  answer.then(() => {
    pending.isSettled = true;
  });
  return pending;
}

/** Waits until each party has answered or waits for a row lock. */
async function settle({ watch, countWaiting }: Ground, parties: readonly Party[]) {
  for (;;) {
    const asked = parties.flatMap(({ pending }) => (pending?.isSettled === false ? pending : []));
    const answers = Promise.all(asked.map(({ answer }) => answer));
    if (await settlesWithin(watch, answers, ROUND_TRIPS)) return;
    const waitingCount = await countWaiting();
    if (waitingCount >= asked.length && !asked.some(({ isSettled }) => isSettled)) return;
  }
}

/**
 * Collects the answers. A party whose act fails rolls back, as every workflow does, so other
 * parties may get their locks.
 */
async function listen(
  ground: Ground,
  parties: readonly Party[],
  giveUp: (party: Party, how: End) => Promise<void>,
): Promise<string[]> {
  const said: string[] = [];
  for (;;) {
    await settle(ground, parties);
    const heard = parties.filter(({ pending }) => pending?.isSettled);
    if (heard.length === 0) return said.sort();
    for (const party of heard) {
      const answer = await party.pending?.answer;
      party.pending = undefined;
      said.push(`${parties.indexOf(party)}: ${answer}`);
      if (answer?.startsWith("fails")) await giveUp(party, "rollback");
    }
  }
}
