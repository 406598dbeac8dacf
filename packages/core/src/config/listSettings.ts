import { z } from "zod";
import { type SettingFacts, settingFacts } from "./settingKinds.ts";
import { settingsSchema } from "./settings.ts";

/** One setting of the settings tree. */
export interface Setting extends SettingFacts {
  /** The setting's path in the configuration: "core.hold.ttlMs". */
  readonly path: string;
  readonly schema: z.core.$ZodType;
}

/** Lists every setting, in the order of the tree. */
export function listSettings(): readonly Setting[] {
  return settingsIn(settingsSchema, "");
}

function settingsIn(group: z.ZodObject, prefix: string): Setting[] {
  return Object.entries(group.shape).flatMap(([key, schema]) => {
    const path = `${prefix}${key}`;
    if (schema instanceof z.ZodObject) return settingsIn(schema, `${path}.`);
    return [{ ...factsOf(schema), path, schema }];
  });
}

/** @throws Error for a schema that is not declared as a setting */
export function factsOf(schema: z.core.$ZodType): SettingFacts {
  const facts = settingFacts.get(schema);
  if (!facts)
    throw new Error("A setting is not declared with its environment variable and its description");
  return facts;
}
