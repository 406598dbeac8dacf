/** C0 and C1 control characters, and characters that change the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what it finds
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

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
