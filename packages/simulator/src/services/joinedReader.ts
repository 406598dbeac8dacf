import type { InvariantReader, InvariantSnapshot, Pages } from "@onsale/core";

/** The databases of the two services. One service has one database twice. */
export interface ServiceReaders {
  readonly reservations: InvariantReader;
  readonly payments: InvariantReader;
}

/**
 * Reads the tables of both services as one database, each table from its owner, so that the
 * checkers of the product judge the split too. Only a simulation can read two databases at one
 * moment. The messages of an aggregate are those of its owner, so the saga's own messages are left
 * out: the product's checkers do not know them, and `endChecks.ts` judges them.
 */
export function joinedReader({ reservations, payments }: ServiceReaders): InvariantReader {
  if (reservations === payments) return reservations;
  return {
    read: (check) =>
      reservations.read((sale) => payments.read((money) => check(joined(sale, money)))),
    size: async (max) => (await reservations.size(max)) + (await payments.size(max)),
  };
}

function joined(sale: InvariantSnapshot, money: InvariantSnapshot): InvariantSnapshot {
  const ownerOf = (aggregateType: string): InvariantSnapshot =>
    aggregateType === "reservation" ? sale : money;
  return {
    ...sale,
    payments: money.payments,
    accounts: money.accounts,
    entries: money.entries,
    answers: () => merged(sale.answers(), money.answers(), ({ userId }) => userId),
    async aggregateTypes() {
      const types = [...(await sale.aggregateTypes()), ...(await money.aggregateTypes())];
      return [...new Set(types)];
    },
    messages: (type) => ownerOf(type).messages(type),
    publications: (type) => ownerOf(type).publications(type),
    unpublishedMessages: () =>
      merged(sale.unpublishedMessages(), money.unpublishedMessages(), () => 0),
  };
}

/** Merges the rows of two databases into one page, in the order of their keys. */
async function* merged<Row>(one: Pages<Row>, other: Pages<Row>, keyOf: (row: Row) => number) {
  const rows: Row[] = [];
  for (const pages of [one, other]) for await (const page of pages) rows.push(...page);
  yield rows.sort((a, b) => keyOf(a) - keyOf(b));
}
