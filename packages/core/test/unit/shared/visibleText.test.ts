import { expect } from "chai";
import { hiddenMistake, textMistake } from "../../../src/shared/visibleText.ts";

/** Texts with an invisible character, by its name. */
const HIDDEN = {
  NUL: "Ru\u0000sh",
  "a line break": "Rush\nBob",
  "a tab": "Rush\tBob",
  "an escape sequence": "\u001b[31mRush",
  DEL: "Rush\u007f",
  "a C1 control": "Rush\u009b31m",
  "a line separator": "Rush\u2028Bob",
  "a zero-width space": "Ru\u200bsh",
  "a joiner between Latin letters": "Ru\u200dsh",
  "a non-joiner at the end": "می\u200c",
  "a joiner at the beginning": "\u200dRush",
  "two joiners": "क्\u200d\u200dष",
  "a joiner after an emoji": "👩\u200d",
  "a word joiner": "Ru\u2060sh",
  "a byte order mark": "\ufeffRush",
  "a soft hyphen": "Ru\u00adsh",
  "a right-to-left override": "Rush \u202ehsuR",
  "an isolate": "Rush \u2066hsuR\u2069",
  "a mark of direction": "Rush\u200f",
  "an Arabic mark of direction": "Rush\u061c",
  "a variation selector after a Latin letter": "A\ufe0f",
  "a variation selector after a digit": "1\ufe0f",
  "tags without a flag": "Rush\u{e0041}\u{e007f}",
  "a Hangul filler": "Rush\u3164",
  "a halfwidth Hangul filler": "Rush\uffa0",
  "a Braille blank": "\u2800",
  "a grapheme joiner": "Ru\u034fsh",
  "an annotation": "Ru\ufff9sh",
  "a noncharacter": "Rush\u{1ffff}",
};

/** Titles that people write. */
const WRITTEN = [
  ...["아이유 콘서트", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "초대형 공연 — 2부 (서울)"],
  ...[
    "Beyonce\u0301",
    "Beyoncé",
    "Motörhead",
    "Việt Nam",
    "שָׁלוֹם",
    "مُحَمَّد",
    "می\u200cخواهم",
    "ه\u200d",
  ],
  ...["क्\u200dष", "ශ්\u200dරී ලංකා", "ക്\u200cഷ", "தமிழ்"],
  ...[
    "👩\u200d👩\u200d👧\u200d👦",
    "👩🏽\u200d🎤 live",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f",
    "❤\ufe0f\u200d🔥",
    "☎\ufe0e",
  ],
  ...["1\ufe0f\u20e3 Rush", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", "🇰🇷"],
  ...["葛\u{e0100}城", "宇多田ヒカル　ライブ", "Rush\u00a0: l’été", "ᠮᠣᠩᠭᠣᠯ\u180b", "£$€ №5 ½"],
];

describe("hiddenMistake", () => {
  for (const [name, text] of Object.entries(HIDDEN)) {
    it(`refuses ${name}`, () => {
      expect(hiddenMistake(text)).to.match(/^has the invisible character U\+[0-9A-F]{4,6} at posi/);
    });
  }

  for (const text of WRITTEN) {
    it(`accepts ${text}`, () => expect(hiddenMistake(text)).to.equal(undefined));
  }

  it("names the character and its position in characters", () => {
    expect(hiddenMistake("🎤 Ru\u200bsh")).to.equal(
      "has the invisible character U+200B at position 5; leave it out",
    );
  });
});

describe("textMistake", () => {
  it("refuses a text of spaces, half a surrogate pair, and a text that is too long", () => {
    for (const text of ["", " \u00a0", "\ud83c", "🎤".repeat(6)]) {
      expect(textMistake(text, 5)).to.equal("must be a text of 1 to 5 characters, not only spaces");
    }
    expect(textMistake("🎤".repeat(5), 5)).to.equal(undefined);
  });
});
