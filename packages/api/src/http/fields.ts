import { hiddenMistake, refusing } from "@onsale/core";
import { z } from "zod";

/** A whole number in a JSON body. Every refusal, and the document, name the same bounds. */
export function bodyInt(min: number, max: number) {
  const rule = wholeNumberRule(min, max);
  return z.int(rule).min(min, rule).max(max, rule);
}

/** A whole number in a query: decimal digits, or nothing for the default. */
export function queryInt(min: number, max: number, fallback: number) {
  return z
    .string()
    .transform((text, context) => {
      const value = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      context.addIssue({ code: "custom", message: wholeNumberRule(min, max) });
      return z.NEVER;
    })
    .default(fallback)
    .meta({ override: { type: "integer", minimum: min, maximum: max, default: fallback } });
}

function wholeNumberRule(min: number, max: number): string {
  const most = max === Number.MAX_SAFE_INTEGER ? "2^53 - 1" : max.toLocaleString("en-US");
  return `Must be a whole number from ${min} to ${most}`;
}

/**
 * A text that a list must contain, in composed form and without blanks around it; undefined for an
 * empty one, which is no filter.
 */
export function filterText(max: number) {
  return z
    .string()
    .normalize("NFC")
    .trim()
    .superRefine(
      refusing((text) => lengthMistake(text, max) ?? lostMistake(text) ?? hiddenMistake(text)),
    )
    .transform((text) => text || undefined)
    .meta({ override: { type: "string", maxLength: max, pattern: NO_CONTROLS } });
}

/** A text of a body, in composed form. */
export function boundedText(max: number) {
  return z
    .string()
    .normalize("NFC")
    .superRefine(refusing((text) => lengthMistake(text, max)))
    .meta({ maxLength: max });
}

/** Some of the invisible characters that are refused: those that every validator knows. */
const NO_CONTROLS = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/** Bytes of a query that are not UTF-8 arrive as U+FFFD, which the database finds in emoji. */
function lostMistake(text: string): string | undefined {
  return text.includes("\ufffd") ? "Must be UTF-8; it has bytes that are no character" : undefined;
}

/** Counts characters as the document does, so that an emoji is one. */
function lengthMistake(text: string, max: number): string | undefined {
  return [...text].length > max ? `Must have at most ${max} characters` : undefined;
}

/** An id in a JSON body: a number, never a string. */
export const bodyId = bodyInt(1, Number.MAX_SAFE_INTEGER).meta({ description: "1 to 2^53 - 1" });

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

/** The name of the row of a seat in an answer. */
export const rowName = z
  .string()
  .nullable()
  .meta({ description: "null for seats that were made before rows were stored", example: "A" });

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
