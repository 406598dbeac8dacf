import { ConfigError, describeSettings, readConfig } from "@onsale/core";
import { maskVariable } from "./maskSecrets.ts";
import { type Cell, painted, table } from "./terminal/table.ts";

/** The place that a value comes from. */
export type ValueSource = "environment" | "profile" | "devstack" | "file" | "default" | "not set";

/** One setting with its current value. */
export interface ReportedSetting {
  readonly variable: string;
  /** The setting's path in the configuration: "core.hold.ttlMs". */
  readonly path: string;
  /** Masked when it is a secret, the name of the file with it; undefined when it is not set. */
  readonly value: string | undefined;
  readonly source: ValueSource;
  /** The rule that the value breaks. */
  readonly problem: string | undefined;
}

/** The environments that values come from: the profile first, then the environment. */
export interface ConfigSources {
  readonly environment: NodeJS.ProcessEnv;
  readonly profile: NodeJS.ProcessEnv;
  readonly devstack: NodeJS.ProcessEnv;
}

/** Every setting with its value, the source of the value, and what is wrong with it. */
export interface ConfigReport {
  readonly valid: boolean;
  readonly settings: readonly ReportedSetting[];
  /** Problems that belong to no single variable. */
  readonly otherProblems: readonly string[];
}

/** Reads the settings of all sources. Works with missing and wrong settings, and shows them. */
export function reportConfig({ environment, profile, devstack }: ConfigSources): ConfigReport {
  const problems = problemsOf({ ...devstack, ...environment, ...profile });
  const known = describeSettings();
  const names = new Set(known.flatMap(({ name }) => [name, `${name}_FILE`]));
  const sources = { environment, profile, devstack };
  const foundIn = (variable: string) =>
    (["profile", "environment", "devstack"] as const).find((name) =>
      sources[name][variable]?.trim(),
    );
  const settings = known.map(({ name: variable, path, fallback, file }): ReportedSetting => {
    const problem = problems.get(`${variable}_FILE`) ?? problems.get(variable);
    const found = foundIn(variable);
    const named = file && found === undefined ? foundIn(`${variable}_FILE`) : undefined;
    if (named !== undefined) {
      const value = sources[named][`${variable}_FILE`];
      return { variable, path, value, source: "file", problem };
    }
    const given = found && sources[found][variable];
    const value = given === undefined ? fallback : maskVariable(variable, given);
    const source = found ?? (fallback === undefined ? "not set" : "default");
    return { variable, path, value, source, problem };
  });
  const otherProblems = [...problems].filter(([name]) => !names.has(name)).map(([, line]) => line);
  return { valid: problems.size === 0, settings, otherProblems };
}

/** The settings as a table, wrong ones marked. */
export function configTable({ settings }: ConfigReport): string {
  const rows = settings.map(({ variable, value, source, problem }): Cell[] => [
    variable,
    value ?? "-",
    problem === undefined ? source : painted("red", `WRONG: ${problem}`),
  ]);
  return table(["VARIABLE", "VALUE", "FROM"], rows);
}

/**
 * Maps a variable to the rule that it breaks. A problem of several variables belongs to the first
 * of them.
 */
function problemsOf(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  try {
    readConfig(env);
    return new Map();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return new Map(
      error.problems.map((line) => {
        const [, name = line, rule = line] = /^([A-Z_]+)(?: or [A-Z_]+)?: (.*)$/s.exec(line) ?? [];
        return [name, rule];
      }),
    );
  }
}
