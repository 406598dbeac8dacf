import type { Finding, FindingCode } from "@onsale/core";
import type { IncidentRun } from "@onsale/simulator/study";
import type { DrillGround } from "../drill/drillGround.ts";
import { look } from "../drill/drillLooks.ts";

/** Pause between the beginnings of two looks, ms. */
const LOOK_EVERY_MS = 3_000;

/** Repeated looks with the checks of doctor. */
export interface DoctorWatch {
  readonly looks: IncidentRun["looks"];
  /** The first time of each finding. */
  readonly findings: IncidentRun["findings"];
  /** Resolves when the finding has appeared, with false after the time or after an abort. */
  found(code: FindingCode, withinMs: number): Promise<boolean>;
  /** Ends the watch; resolves after the last look. */
  stop(): Promise<void>;
}

/** Looks every few seconds, as an operator or an alert would. */
export function watchByDoctor(
  ground: DrillGround,
  startedMs: number,
  outer: AbortSignal,
  onFinding: (finding: Finding, atMs: number) => void,
): DoctorWatch {
  const { clock } = ground.core;
  const looks: IncidentRun["looks"] = [];
  const findings: IncidentRun["findings"] = [];
  const waiting = new Map<string, PromiseWithResolvers<boolean>>();
  const stopping = new AbortController();
  const signal = AbortSignal.any([stopping.signal, outer]);
  const running = run();

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const beganMs = clock.monotonicMs();
      note(beganMs, await look(ground, "skip"));
      await clock.sleep(Math.max(0, beganMs + LOOK_EVERY_MS - clock.monotonicMs()), signal);
    }
  }

  function note(beganMs: number, found: readonly Finding[]): void {
    const atMs = Math.round(clock.monotonicMs() - startedMs);
    const tookMs = Math.round(clock.monotonicMs() - beganMs);
    looks.push({ atMs, tookMs, codes: found.map(({ code }) => code) });
    for (const one of found) {
      if (findings.some(({ code }) => code === one.code)) continue;
      findings.push({ code: one.code, message: one.message, atMs });
      waiting.get(one.code)?.resolve(true);
      onFinding(one, atMs);
    }
  }

  return {
    looks,
    findings,
    async found(code, withinMs) {
      if (findings.some((one) => one.code === code)) return true;
      const reached = Promise.withResolvers<boolean>();
      waiting.set(code, reached);
      const giveUp = clock.sleep(withinMs, signal).then(() => false);
      return Promise.race([reached.promise, giveUp]);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
