import { styleText } from "node:util";

export type Colour = "red" | "green" | "yellow" | "cyan" | "bold" | "dim";

/**
 * Colours the text for this stream. The text stays plain when the stream is not a terminal or
 * NO_COLOR is set.
 */
export function paint(
  colour: Colour,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(colour, text, { stream });
}
