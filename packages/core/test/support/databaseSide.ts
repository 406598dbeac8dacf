import type { End, OpenTransaction } from "@onsale/conformance/transactionRace";
import { openTransaction, settlesWithin } from "@onsale/conformance/transactionRace";
import type { CoreContext } from "../../src/ports/coreContext.ts";
import type { StoryAct } from "./databaseActs.ts";
import { type Cast, dismiss, newCast, stateOf } from "./databaseStory.ts";

/** Between two looks at who waits. */
const ROUND_TRIPS = 50;

/** One who acts in a story on one database, in one transaction after the other. */
interface Party {
  readonly core: CoreContext;
  transaction: OpenTransaction;
  /** What the party has been asked and has not said yet. */
  pending: Pending | undefined;
}

interface Pending {
  readonly answer: Promise<string>;
  isSettled: boolean;
}

/** What a story needs of a database beside its ports. */
export interface Ground {
  /** One for each party. */
  readonly cores: readonly CoreContext[];
  /** Looks on. */
  readonly watch: CoreContext;
  /** How a failed act is told: as what it means for the transaction. */
  kindOf(error: unknown): string;
  /** How many transactions wait for a row at this moment. */
  countWaiting(): Promise<number>;
}

/** A story as one database tells it. */
export interface Side {
  /**
   * What the party says and what those say who waited, each with its number; the party says nothing
   * while it waits. Undefined when it cannot act, because it waits for an earlier answer.
   */
  act(party: number, act: StoryAct): Promise<readonly string[] | undefined>;
  /** Ends the party's transaction and begins its next. */
  end(party: number, how: End): Promise<readonly string[] | undefined>;
  state(): Promise<unknown>;
  /** Commits what is open, one party after the other; answers what those said who waited. */
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

/** Waits until whoever was asked has answered, or waits for a row. */
async function comeToRest({ watch, countWaiting }: Ground, parties: readonly Party[]) {
  for (;;) {
    const asked = parties.flatMap(({ pending }) => (pending?.isSettled === false ? pending : []));
    const answers = Promise.all(asked.map(({ answer }) => answer));
    if (await settlesWithin(watch, answers, ROUND_TRIPS)) return;
    const waitingCount = await countWaiting();
    if (waitingCount >= asked.length && !asked.some(({ isSettled }) => isSettled)) return;
  }
}

/**
 * What was said. Whoever fails gives up, as in every workflow, which may let others go on.
 */
async function listen(
  ground: Ground,
  parties: readonly Party[],
  giveUp: (party: Party, how: End) => Promise<void>,
): Promise<string[]> {
  const said: string[] = [];
  for (;;) {
    await comeToRest(ground, parties);
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
