import { expect } from "chai";
import fc from "fast-check";
import { ddmin } from "../../../../src/virtual/explore/ddmin.ts";

const ITEMS = [1, 2, 3, 4, 5, 6, 7, 8];

/** A test that fails for lists with all culprits, and the lists that it received. */
function failingWith(...culprits: readonly number[]) {
  const asked: (readonly number[])[] = [];
  const fails = async (some: readonly number[]): Promise<boolean> => {
    asked.push(some);
    return culprits.every((each) => some.includes(each));
  };
  return { asked, fails };
}

describe("ddmin", () => {
  it("returns the empty list when the empty list fails", async () => {
    const { asked, fails } = failingWith();
    expect(await ddmin(ITEMS, fails)).to.deep.equal([]);
    expect(asked).to.deep.equal([[]]);
  });

  it("returns the culprits in their order", async () => {
    const items = fc.integer({ min: 1, max: 40 });
    const culprits = fc.func(fc.boolean());
    await fc.assert(
      fc.asyncProperty(items, culprits, async (count, isOne) => {
        const all = Array.from({ length: count }, (_unused, index) => index);
        const wanted = all.filter((index) => isOne(index));
        expect(await ddmin(all, failingWith(...wanted).fails)).to.deep.equal(wanted);
      }),
    );
  });

  it("returns a failing list that no longer fails when any one item is removed", async () => {
    const items = fc.integer({ min: 2, max: 12 });
    const verdicts = fc.func(fc.boolean());
    await fc.assert(
      fc.asyncProperty(items, verdicts, async (count, verdict) => {
        const all = Array.from({ length: count }, (_unused, index) => index);
        const fails = async (some: readonly number[]): Promise<boolean> =>
          some.length === count || verdict(some.join());
        const left = await ddmin(all, fails);
        expect(await fails(left)).to.equal(true);
        for (const one of left) {
          const fewer = left.filter((each) => each !== one);
          expect(await fails(fewer), `${left} without ${one}`).to.equal(false);
        }
      }),
    );
  });

  it("continues with halves of a part that fails by itself", async () => {
    const { asked, fails } = failingWith(3, 4);
    await ddmin(ITEMS, fails);
    expect(asked.slice(0, 4)).to.deep.equal([[], [1, 2, 3, 4], [1, 2], [3, 4]]);
    // No half of the list fails, but its fourth quarter fails by itself.
    const picky = failingWith(7, 8);
    const some: (readonly number[])[] = [];
    await ddmin(ITEMS, async (each) => {
      some.push(each);
      return each.length !== 4 && picky.fails(each);
    });
    const quarter = some.findIndex((each) => each.join() === "7,8");
    expect(some.slice(quarter + 1)).to.deep.equal([[7], [8]]);
  });

  it("continues with parts of the same size when one part can be left out", async () => {
    const { asked, fails } = failingWith(1, 3, 5, 7, 8);
    await ddmin(ITEMS, fails);
    const rest = asked.findIndex((each) => each.join() === "1,3,4,5,6,7,8");
    // The rest is split in seven parts, not in halves again.
    expect(asked[rest + 1]).to.deep.equal([1]);
  });

  it("returns the smallest list so far when the tries run out", async () => {
    const { fails } = failingWith(1, 8);
    let tries = 6;
    const left = await ddmin(ITEMS, async (some) => {
      tries -= 1;
      return tries < 0 ? undefined : fails(some);
    });
    expect(left).to.include.members([1, 8]);
  });
});
