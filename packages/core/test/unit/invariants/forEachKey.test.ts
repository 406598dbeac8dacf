import { expect } from "chai";
import fc from "fast-check";
import { forEachKey, KeyedRows } from "../../../src/invariants/forEachKey.ts";

interface Row {
  readonly key: number;
  readonly value: number;
}

async function* inPages(pages: readonly (readonly Row[])[]): AsyncGenerator<readonly Row[]> {
  yield* pages;
}

const keyOf = (row: Row): number => row.key;
const rows = (...keys: number[]): Row[] => keys.map((key, value) => ({ key, value }));

async function visited(...tables: (readonly (readonly Row[])[])[]) {
  const cursors = tables.map((pages) => new KeyedRows(inPages(pages), keyOf));
  const visits: { key: number; taken: (readonly Row[])[] }[] = [];
  await forEachKey(cursors, (key) => {
    visits.push({ key, taken: cursors.map((cursor) => cursor.take(key)) });
  });
  return visits;
}

describe("forEachKey", () => {
  it("visits a key that only one of the tables has", async () => {
    const visits = await visited([rows(1, 3)], [rows(2)]);
    expect(visits.map(({ key }) => key)).to.deep.equal([1, 2, 3]);
    expect(visits[1]?.taken).to.deep.equal([[], rows(2)]);
  });

  it("passes all rows of a key in their order", async () => {
    const table = rows(1, 1, 1, 2);
    const [first] = await visited([table]);
    expect(first?.taken).to.deep.equal([table.slice(0, 3)]);
  });

  it("continues after empty pages", async () => {
    const visits = await visited([[], rows(1), [], [], rows(2), []]);
    expect(visits.map(({ key }) => key)).to.deep.equal([1, 2]);
  });

  it("visits no key when the tables are empty", async () => {
    expect(await visited([], [[]])).to.deep.equal([]);
  });

  it("rejects a page whose rows are not in the order of the key", async () => {
    const failure = await visited([rows(2, 1)]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("message").that.includes("in order");
  });

  it("rejects a page that begins with a key of the page before", async () => {
    const failure = await visited([rows(2), rows(2)]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property("message").that.includes("in order");
  });

  it("passes the same rows as a scan of each table, for any size of pages", async () => {
    const page = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 });
    const table = fc.array(page, { maxLength: 4 }).map((pages) => {
      // Steps become ascending keys; each page begins with a new one.
      let key = 0;
      return pages.map((steps) =>
        steps.map((step, index) => {
          key += index === 0 ? step + 1 : step;
          return { key, value: key };
        }),
      );
    });
    await fc.assert(
      fc.asyncProperty(fc.array(table, { minLength: 1, maxLength: 3 }), async (tables) => {
        const all = tables.map((pages) => pages.flat());
        const keys = [...new Set(all.flat().map(keyOf))].sort((a, b) => a - b);
        expect(await visited(...tables)).to.deep.equal(
          keys.map((key) => ({
            key,
            taken: all.map((one) => one.filter((row) => row.key === key)),
          })),
        );
      }),
    );
  });
});
