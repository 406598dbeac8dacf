import type { ConcertFilter, ConcertSummary, NewConcert } from "@onsale/core";
import { systemIds } from "@onsale/core";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";

/** Functions for concerts that belong to only one case. */
export interface ConcertActs {
  /** The singer of all concerts of this case. */
  singer(): string;
  /** Creates a concert. @returns its id */
  insert(parts: Partial<NewConcert>): Promise<number>;
  /** Adds a performance. @returns its id */
  play(concertId: number, startsAt: Date): Promise<number>;
  /** Lists concerts of this case, through the other process. */
  list(filter?: Partial<ConcertFilter>): Promise<readonly ConcertSummary[]>;
  idsOf(filter?: Partial<ConcertFilter>): Promise<number[]>;
}

/** Gives each case of the surrounding suite its own singer. */
export function useConcerts(db: DatabaseUnderTest): ConcertActs {
  let singer: string;
  beforeEach("takes a singer of its own", () => {
    singer = `Singer ${systemIds.uuid()}`;
  });
  const list: ConcertActs["list"] = (filter = {}) =>
    db.other.catalog.listConcerts(null, { singer, limit: 100, ...filter });
  return {
    singer: () => singer,
    insert: (parts) =>
      committed(db.core, ({ catalog }, tx) =>
        catalog.insertConcert(tx, { title: "Rush", singer, queueId: "main", ...parts }),
      ),
    play: (concertId, startsAt) =>
      committed(db.core, ({ catalog }, tx) =>
        catalog.insertPerformance(tx, { concertId, startsAt, venue: "Hall" }),
      ),
    list,
    idsOf: async (filter) => (await list(filter)).map((concert) => concert.id),
  };
}
