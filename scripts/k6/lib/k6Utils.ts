/** The functions of k6's public module of utilities that load scripts use, to run offline. */
export { randomOf as randomItem } from "./random.ts";

/**
 * The formula of the public module, also for bounds that are no whole numbers: from 0.1 to 0.5 it
 * gives 0 or 1.
 */
export function randomIntBetween(min: number, max: number): number {
  return Math.floor(Math.random() * (max - min + 1) + min);
}

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
