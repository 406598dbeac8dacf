import { styleText } from "node:util";

type Colour = "red" | "green" | "yellow" | "cyan" | "bold" | "dim";

/** Colours the text for that stream; plain off a terminal and with NO_COLOR set. */
export function paint(
  colour: Colour,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(colour, text, { stream });
}
