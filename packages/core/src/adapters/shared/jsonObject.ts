import { z } from "zod";

const schema = z.record(z.string(), z.unknown());

/**
 * A stored JSON object. What our own stores wrote is one by construction, so anything else is a
 * bug.
 * @throws ZodError or SyntaxError
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  return schema.parse(JSON.parse(text));
}
