import { z } from "zod";
import { listSettings } from "./listSettings.ts";

/** One setting, for the documentation. */
export interface DescribedSetting {
  /** The environment variable. */
  readonly name: string;
  /** The setting's path in the configuration: "core.hold.ttlMs". */
  readonly path: string;
  /** The default, as the variable would contain it; undefined when the setting has no default. */
  readonly fallback: string | undefined;
  /** The allowed values: "100 to 10000", "jwt, trusted", … */
  readonly allowed: string;
  readonly meaning: string;
  readonly group: string;
  /** True when the value may come from a file, which the variable with _FILE at its end names. */
  readonly file: boolean;
}

/** The members of a setting's JSON Schema that limit its values. */
const jsonSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  minLength: z.number().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  default: z.union([z.string(), z.number()]).optional(),
});

/** Describes every setting, so that the documentation is generated from the settings. */
export function describeSettings(): readonly DescribedSetting[] {
  return listSettings().map(({ variable, path, meaning, group, file, schema }) => ({
    name: variable,
    path,
    ...limitsOf(schema),
    meaning,
    group,
    file: file === true,
  }));
}

function limitsOf(schema: z.core.$ZodType): { fallback: string | undefined; allowed: string } {
  const json = jsonSchema.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  const fallback = json.default === undefined ? undefined : String(json.default);
  return { fallback, allowed: allowedOf(json) };
}

function allowedOf(json: z.infer<typeof jsonSchema>): string {
  if (json.enum !== undefined) return json.enum.join(", ");
  if (json.minimum !== undefined) return `${json.minimum} to ${json.maximum}`;
  if (json.format === "uri") return "URL";
  if (json.minLength !== undefined) return `${json.minLength} or more characters`;
  if (json.maxLength !== undefined) return `up to ${json.maxLength} characters`;
  return "text";
}
