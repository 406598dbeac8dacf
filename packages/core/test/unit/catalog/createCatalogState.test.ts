import { expect } from "chai";
import { createCatalogState } from "../../../src/catalog/createCatalogState.ts";
import { hallOf } from "../../../src/catalog/seatSnapshot.ts";
import { fakeClock } from "../../support/fakeClock.ts";

const MINUTE_MS = 60_000;

describe("the catalog state of a process", () => {
  const seat = {
    ...{ id: 1, seatNo: "A-1", section: "A", row: "A", price: 1000, accessible: false },
  };
  const hall = hallOf([seat]);

  it("reads a hall once a minute, and once for concurrent callers", async () => {
    const clock = fakeClock();
    const state = createCatalogState({ clock, isCached: true });
    let reads = 0;
    const read = async () => {
      reads += 1;
      return hall;
    };
    await Promise.all([state.hall(7, read), state.hall(7, read)]);
    await clock.advance(MINUTE_MS);
    expect(await state.hall(7, read)).to.equal(hall);
    expect(reads).to.equal(1);
    await clock.advance(1);
    await state.hall(7, read);
    expect(reads).to.equal(2);
  });

  it("reads a hall again after a failure", async () => {
    const state = createCatalogState({ clock: fakeClock(), isCached: true });
    const failing = state.hall(7, () => Promise.reject(new Error("no database")));
    expect(await failing.catch(String)).to.equal("Error: no database");
    expect(await state.hall(7, async () => hall)).to.equal(hall);
  });

  it("gives a hall to its readers when other halls displace it while it is read", async () => {
    const state = createCatalogState({ clock: fakeClock(), isCached: true });
    const { promise, resolve } = Promise.withResolvers<typeof hall>();
    const reading = state.hall(7, () => promise);
    const large = { ...hall, seats: Array.from({ length: 300_000 }, () => seat) };
    for (const performanceId of [8, 9, 10]) await state.hall(performanceId, async () => large);
    resolve(hall);
    expect(await reading).to.equal(hall);
  });

  it("keeps no memory of other buffers with a small list, and counts what its entry takes", () => {
    const state = createCatalogState({ clock: fakeClock(), isCached: true });
    const small = (text: string) => () => Buffer.from(text);
    const first = state.encoded("first", small("[1]"));
    expect(first.toString()).to.equal("[1]");
    expect(first.buffer.byteLength).to.equal(first.length);
    for (let count = 0; count < 50_000; count += 1) state.encoded(`${count}`, small("[2]"));
    expect(state.encoded("first", small("[1]"))).not.to.equal(first);
  });

  it("encodes a list once for each name, and forgets lists beyond its size", () => {
    const state = createCatalogState({ clock: fakeClock(), isCached: true });
    const large = () => Buffer.alloc(10 * 1024 * 1024);
    const first = state.encoded("one", large);
    expect(state.encoded("one", large)).to.equal(first);
    for (const name of ["two", "three", "four"]) state.encoded(name, large);
    expect(state.encoded("one", large)).not.to.equal(first);
  });
});
