import { z } from "zod";

const schema = z.record(z.string(), z.unknown());

/**
 * Parses a stored JSON object. The stores write only JSON objects, so any other text is a bug.
 * @throws ZodError or SyntaxError
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  return schema.parse(JSON.parse(text));
}
