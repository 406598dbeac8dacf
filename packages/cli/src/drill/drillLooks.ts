import { diagnose, type Finding, type InvariantMode, inspectServers } from "@onsale/core";
import type { DrillGround } from "./drillGround.ts";

/** Pause between two looks, ms. */
const LOOK_EVERY_MS = 1_000;

/** Looks until the findings are as wanted. */
export interface LookOptions {
  readonly invariants: InvariantMode;
  /** Longest time, ms. */
  readonly withinMs: number;
  readonly isReached: (findings: readonly Finding[]) => boolean;
  /** Called after each look, before `isReached`. */
  readonly afterLook?: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** The result of several looks. */
export interface Looks {
  readonly isReached: boolean;
  /** When each look began, ms after the first. */
  readonly beganAtMs: readonly number[];
  readonly tookMs: number;
  /** The findings of the last look. */
  readonly findings: readonly Finding[];
}

/** Repeats the checks of doctor, as an operator or an alert would. */
export async function lookUntil(ground: DrillGround, options: LookOptions): Promise<Looks> {
  const { clock } = ground.core;
  const { signal, withinMs, invariants } = options;
  const startedMs = clock.monotonicMs();
  const beganAtMs: number[] = [];
  for (;;) {
    const beganMs = clock.monotonicMs();
    beganAtMs.push(beganMs - startedMs);
    const findings = await look(ground, invariants);
    await options.afterLook?.();
    const tookMs = clock.monotonicMs() - startedMs;
    const isReached = options.isReached(findings);
    if (isReached || tookMs > withinMs || signal.aborted) {
      return { isReached, beganAtMs, tookMs, findings };
    }
    await clock.sleep(Math.max(0, beganMs + LOOK_EVERY_MS - clock.monotonicMs()), signal);
  }
}

/** Looks once. */
export async function look(
  ground: DrillGround,
  invariants: InvariantMode,
): Promise<readonly Finding[]> {
  const inspections = await inspectServers(ground.config);
  const { schema, core } = ground;
  const { findings } = await diagnose(core, { inspections, schema, invariants });
  return findings.filter(({ severity }) => severity !== "info");
}
