/**
 * C0 and C1 control characters, characters that change the direction of text, and characters of no
 * width. The joiners U+200C and U+200D stay, because emoji and some scripts need them.
 */
const CONTROL = new RegExp(
  String.raw`[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f` +
    String.raw`\ufeff\ufff9-\ufffb]`,
  "gu",
);

/**
 * Makes control characters visible as `\u001b`, so that a stored text cannot move the cursor,
 * colour the terminal or hide other text. Keeps line breaks when `keepLines` is true.
 */
export function visible(text: string, keepLines = false): string {
  return text.replace(CONTROL, (character) => {
    if (keepLines && character === "\n") return character;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
