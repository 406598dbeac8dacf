import { z } from "zod";

/** An id in a JSON body: a number, never a string. */
export const bodyId = z
  .int("Must be a whole number from 1 to 2^53 - 1")
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ description: "1 to 2^53 - 1" });

/** An id in a path: decimal digits. */
export const pathId = z
  .string()
  .transform((text, context) => {
    const id = parseId(text);
    if (id !== undefined) return id;
    context.addIssue({ code: "custom", message: "Must be a whole number from 1 to 2^53 - 1" });
    return z.NEVER;
  })
  .meta({ override: { type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER } });

/** The name of a waiting room. */
export const queueId = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, "1 to 64 letters, digits, dots, dashes or underscores")
  .meta({ description: "The waiting room; each concert has a `queueId`", example: "main" });

/** An id in an answer. */
export const answerId = z.int().min(1);

/** A time in an answer, ISO 8601 in UTC. */
export const instant = z
  .string()
  .meta({ format: "date-time", example: "2026-12-01T10:00:00.000Z" });

/** An amount of points in an answer. */
export const points = z.int().min(0).meta({ description: "Points; whole numbers" });

/** The schema for endpoints without path fields or query fields. It refuses every field. */
export const none = z.strictObject({});

/** The schema for endpoints that read no body. */
export const noBody = z.undefined();

const DECIMAL = /^[1-9]\d{0,15}$/;

/**
 * Parses a positive integer up to 2^53 - 1 in decimal digits. Returns undefined for any other text.
 */
export function parseId(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? id : undefined;
}
