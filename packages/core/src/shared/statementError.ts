/**
 * A statement failed. The text names the statement and the reason, and never holds a value, so it
 * can be logged as it is. The database's own error, which can hold values, is the cause.
 */
export class StatementError extends Error {
  constructor(statement: string, reason: string, options: ErrorOptions) {
    super(`statement ${statement}: ${reason}`, options);
    this.name = "StatementError";
  }
}

/** Follows at most this many causes; no real chain is longer. */
const CAUSES_MAX = 5;

/**
 * The error and its causes, one text each, for a log. The chain ends at a failed statement.
 */
export function causesOf(error: unknown): readonly string[] {
  const texts: string[] = [];
  let layer = error;
  while (layer instanceof Error && texts.length < CAUSES_MAX) {
    texts.push(`${layer.name}: ${layer.message}`);
    layer = layer instanceof StatementError ? undefined : layer.cause;
  }
  if (typeof layer === "string" && layer !== "") texts.push(layer);
  return texts;
}
