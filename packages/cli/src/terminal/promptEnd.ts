import type { Key } from "node:readline";

/** Names of inquirer's errors for Ctrl-C at a prompt, and for a prompt that a signal ends. */
const PROMPT_ENDS = new Set(["ExitPromptError", "AbortPromptError"]);

/** True for the error of a prompt that the person or a signal ended without an answer. */
export const isPromptEnd = (error: unknown): boolean =>
  error instanceof Error && PROMPT_ENDS.has(error.name);

/**
 * Asks a question that ends without an answer at Ctrl-D too. inquirer (core 12.0) closes its input
 * at Ctrl-D, and its promise never settles.
 * @param ask gets the signal that ends the prompt
 */
export async function untilCtrlD<T>(
  signal: AbortSignal | undefined,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const left = new AbortController();
  const onKey = (_text: string | undefined, { ctrl, name }: Key): void => {
    if (ctrl && name === "d") left.abort();
  };
  process.stdin.on("keypress", onKey);
  try {
    return await ask(AbortSignal.any([left.signal, ...(signal ? [signal] : [])]));
  } finally {
    process.stdin.off("keypress", onKey);
  }
}
