/** The functions of k6's public module of utilities that load scripts use, to run offline. */
export { randomInt as randomIntBetween, randomOf as randomItem } from "./random.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A random text of this length. */
export function randomString(length: number, letters = LETTERS): string {
  let text = "";
  while (text.length < length) text += letters[Math.floor(Math.random() * letters.length)];
  return text;
}

/** A random UUID of version 4. */
export function uuidv4(): string {
  return "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".replace(/[xy]/g, (letter) => {
    const digit = Math.floor(Math.random() * 16);
    return (letter === "x" ? digit : (digit & 3) | 8).toString(16);
  });
}
