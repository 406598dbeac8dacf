const DECIMAL = /^[1-9]\d{0,15}$/;

/** A positive integer up to 2^53 - 1 in plain decimal; undefined for anything else. */
export function parseId(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}
