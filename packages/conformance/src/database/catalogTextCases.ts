import { TwinSeatsError } from "@onsale/core";
import { expect } from "chai";
import { committed, failureOf } from "../transactionRace.ts";
import { useConcerts } from "./concertActs.ts";
import type { DatabaseUnderTest } from "./databaseUnderTest.ts";
import { newShow } from "./show.ts";

/**
 * Cases about texts that are equal in each of the server's usual collations. A separate test
 * compares the in-memory collation with utf8mb4_general_ci.
 */
export function catalogTextCases(db: DatabaseUnderTest): void {
  describe("seat numbers of one performance", () => {
    const insert = async (seatNos: readonly string[]): Promise<void> => {
      const { performanceId } = await newShow(db.core, 0);
      const seats = seatNos.map((seatNo) => ({ seatNo, section: "A", price: 1 }));
      await committed(db.core, ({ catalog }, tx) => catalog.insertSeats(tx, performanceId, seats));
    };

    const alike = [
      ["a-1", "A-1"],
      ["é", "E"],
      ["ſ", "S"],
    ] as const;
    for (const [one, other] of alike) {
      it(`are equal as "${one}" and "${other}"`, async () => {
        expect(await failureOf(insert([one, other]))).to.be.instanceOf(TwinSeatsError);
      });
    }

    const different = [
      ["한", "하"],
      [" A", "A"],
    ] as const;
    for (const [one, other] of different) {
      it(`are different as "${one}" and "${other}"`, () => insert([one, other]));
    }
  });

  describe("titles of concerts", () => {
    const { insert, idsOf } = useConcerts(db);

    it("match a search in any form of their characters", async () => {
      const id = await insert({ title: "Beyonc\u00e9 \ud55c" });
      for (const form of ["NFC", "NFD"]) {
        expect(await idsOf({ title: "Beyonc\u00e9".normalize(form) }), form).to.deep.equal([id]);
        expect(await idsOf({ title: "\ud55c".normalize(form) }), form).to.deep.equal([id]);
      }
    });

    it("match a search with an emoji only where they have this emoji", async () => {
      const guitar = await insert({ title: "Été \u{1F3B8}\u{1F3B9} live" });
      const piano = await insert({ title: "\u{1F3B9} live \u{1F3B8}" });
      const kanji = await insert({ title: "\u{20BB7}\u91ce 100%" });
      const found = (title: string) => idsOf({ title });
      expect(await found("\u{1F3B8}")).to.deep.equal([guitar, piano]);
      expect(await found("\u{1F3BA}"), "no trumpet").to.deep.equal([]);
      expect(await found("ete \u{1F3B8}")).to.deep.equal([guitar]);
      expect(await found("\u{1F3B8} LIVE"), "the piano is live").to.deep.equal([]);
      expect(await found("\u{1F3B9} LIVE")).to.deep.equal([guitar, piano]);
      expect(await found("\u{1F3B8}\u{1F3B9}")).to.deep.equal([guitar]);
      expect(await found("\u{20BB7}\u91ce 100%")).to.deep.equal([kanji]);
      expect(await found("\u{2123D}"), "another character of four bytes").to.deep.equal([]);
      expect(await found("\u{20BB7}_"), "no wildcard").to.deep.equal([]);
    });

    it("match a search without their accents, but not half a Hangul syllable", async () => {
      const id = await insert({ title: "Été 한국" });
      expect(await idsOf({ title: "ete" })).to.deep.equal([id]);
      expect(await idsOf({ title: "한" })).to.deep.equal([id]);
      expect(await idsOf({ title: "하" })).to.deep.equal([]);
    });
  });
}
