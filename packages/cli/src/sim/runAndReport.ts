import { resolve } from "node:path";
import type { OnsaleConfig } from "@onsale/core";
import {
  progressLine,
  type RushOptions,
  type RushResult,
  runRush,
  rushDefaults,
  rushReport,
  rushSummary,
} from "@onsale/simulator";
import { signAccessToken } from "../accessToken.ts";
import { writeOutputFile } from "../outputFile.ts";
import { ONSALE } from "../productEntry.ts";
import type { RushCommandOptions } from "./rushCommandOptions.ts";

const TOKEN_TTL_MS = 60 * 60 * 1000;

/** The API to test, its servers, and the flags that repeat the run. */
export interface RushStage
  extends Pick<RushOptions, "ground" | "servers" | "baseUrls" | "launch" | "killApiAt"> {
  readonly auth: OnsaleConfig["auth"];
  /** The flags for the command that repeats the run. */
  readonly flags: readonly string[];
}

/** Runs the rush, shows its progress, prints the result, and writes the files. */
export async function runAndReport(
  options: RushCommandOptions,
  stage: RushStage,
): Promise<RushResult> {
  const { progressOn, print } = options;
  const progress = progressOn === undefined ? undefined : progressLine(progressOn);
  const result = await runRush({
    ...rushOptions(options, stage),
    ...(progress === undefined ? {} : { onProgress: progress.show }),
  }).finally(() => progress?.clear());
  for (const line of rushSummary(result)) print(line);
  await writeFiles(options, result);
  return result;
}

function rushOptions(options: RushCommandOptions, stage: RushStage): RushOptions {
  const { auth, flags, ...where } = stage;
  const { room } = rushDefaults;
  return {
    ...rushDefaults,
    ...where,
    buyers: options.buyers,
    seats: options.seats,
    seed: options.seed,
    arrival: options.arrival,
    durationSeconds: options.duration,
    thinkMs: options.think,
    abandonShare: options.abandon,
    retryShare: options.retry,
    room: { ...room, activeCountMax: options.active },
    signal: options.signal,
    command: [`${ONSALE} sim rush`, ...clientFlags(options), ...flags].join(" "),
    tokenFor: (userId) => signAccessToken(auth, { userId, ttlMs: TOKEN_TTL_MS }),
  };
}

function clientFlags(options: RushCommandOptions): string[] {
  const names = ["seed", "buyers", "seats", "arrival", "duration", "active", "think"] as const;
  const shares = ["abandon", "retry"] as const;
  return [...names, ...shares].map((name) => `--${name} ${options[name]}`);
}

async function writeFiles(options: RushCommandOptions, result: RushResult): Promise<void> {
  if (options.json !== undefined) {
    await writeOutputFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
    options.say(`Result: ${resolve(options.json)}`);
  }
  if (options.report !== undefined) {
    await writeOutputFile(options.report, rushReport(result));
    options.say(`Report: ${resolve(options.report)}`);
  }
}
