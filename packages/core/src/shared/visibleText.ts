import type { z } from "zod";

/*
 * The same word can be written by different sequences of characters: "é" as one character, or as
 * "e" and a combining accent, as macOS writes it. Texts are therefore brought into the composed
 * form (Unicode NFC) on their way in, before they are checked, compared, searched or stored.
 *
 * A text that people compare by eye, such as a title or the number of a seat, must look like what
 * it is. Control characters can move the cursor of a terminal or end a line of a file. Characters
 * of no width make two different texts look equal. Marks of direction show a text in another order
 * than it is read by programs.
 *
 * Some invisible characters are part of how a script or an emoji is written. They are accepted only
 * where they have this effect:
 * - U+200D (zero-width joiner) between emoji, and after a letter of a joining script (Arabic,
 *   Devanagari, Sinhala, ...); U+200C (non-joiner) between two letters of such a script, which
 *   Persian needs. This is the rule of Unicode UAX #31, section 2.3, without its tables.
 * - a variation selector behind a character that it can change: an emoji, a keycap, a Han
 *   character (the names of people and places in Japanese), a Mongolian or a Myanmar letter
 * - the tags of a flag emoji, such as that of Scotland
 *
 * Refused although some writers use them: the marks U+200E, U+200F and U+061C, because a page that
 * isolates each text shows the same without them; the soft hyphen; fillers of Hangul and the blank
 * of Braille, which show as spaces. Visible spaces, such as U+00A0 and U+3000, are accepted.
 */

/** Scripts whose letters change their shape by a joiner or a non-joiner. */
const JOINING_SCRIPTS = [
  ...["Arabic", "Syriac", "Mongolian", "Nko", "Adlam", "Mandaic", "Hanifi_Rohingya"],
  ...["Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada"],
  ...["Malayalam", "Sinhala", "Myanmar", "Khmer", "Tibetan", "Balinese", "Javanese"],
];
const SCRIPTS = JOINING_SCRIPTS.map((name) => String.raw`\p{Script_Extensions=${name}}`).join("");
const JOINING = String.raw`[[[${SCRIPTS}]&&[\p{L}\p{M}]]--\p{Default_Ignorable_Code_Point}]`;
const EMOJI = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}?[\uFE0E\uFE0F]?`;

/** Sequences whose invisible characters are part of how they are written. */
const WRITTEN = [
  String.raw`\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F}`,
  String.raw`${EMOJI}(?:\u200D${EMOJI})*`,
  String.raw`[0-9#*]\uFE0F\u20E3`,
  String.raw`\p{Script=Han}[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
  String.raw`\p{Script=Mongolian}[\u180B-\u180D\u180F]`,
  String.raw`\p{Script=Myanmar}\uFE00`,
  String.raw`${JOINING}(?:\u200D|\u200C(?=${JOINING}))`,
].join("|");

const HIDDEN =
  String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFC\u2800` +
  String.raw`\p{Noncharacter_Code_Point}]`;

/** Consumes sequences as they are written; a match with the group `hidden` is a mistake. */
const NEXT = new RegExp(`${WRITTEN}|(?<hidden>${HIDDEN})`, "gv");

/**
 * Makes the check of a schema that refuses texts with a mistake.
 * @param mistakeOf returns the reason; undefined for an accepted text
 */
export function refusing(
  mistakeOf: (text: string) => string | undefined,
): (text: string, context: z.RefinementCtx) => void {
  return (text, context) => {
    const message = mistakeOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  };
}

/**
 * Returns why a text that people compare by eye is refused. Undefined when it is accepted.
 * @param max the width of its column, in characters
 */
export function textMistake(text: string, max: number): string | undefined {
  if (text.trim() === "" || !text.isWellFormed() || [...text].length > max) {
    return `must be a text of 1 to ${max} characters, not only spaces`;
  }
  return hiddenMistake(text);
}

/** Most texts. They need no search. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/** Returns which invisible character a text must not have. Undefined when it has none. */
export function hiddenMistake(text: string): string | undefined {
  if (PLAIN_ASCII.test(text)) return undefined;
  for (const { groups, index } of text.matchAll(NEXT)) {
    const hidden = groups?.hidden;
    if (hidden === undefined) continue;
    const code = (hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    const at = [...text.slice(0, index)].length + 1;
    return `has the invisible character U+${code} at position ${at}; leave it out`;
  }
  return undefined;
}
