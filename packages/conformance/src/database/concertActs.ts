import type { ConcertFilter, ConcertSummary, NewConcert } from "@onsale/core";
import { systemIds } from "@onsale/core";
import { committed } from "../transactionRace.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";

/** What cases do with concerts that nobody else's case sees. */
export interface ConcertActs {
  /** Who sings everything of this case. */
  singer(): string;
  /** Announces a concert; answers its id. */
  insert(parts: Partial<NewConcert>): Promise<number>;
  /** Adds a performance; answers its id. */
  play(concertId: number, startsAt: Date): Promise<number>;
  /** Looks for concerts of this case, as another process. */
  list(filter?: Partial<ConcertFilter>): Promise<readonly ConcertSummary[]>;
  idsOf(filter?: Partial<ConcertFilter>): Promise<number[]>;
}

/** Gives each case of the surrounding suite a singer of its own. */
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
