import type { JobReport, RunProgress } from "@onsale/core";
import { durationText } from "@onsale/simulator/terminal";
import type { OpenStepDisplay, StepDisplay } from "../terminal/stepDisplay.ts";
import { counted } from "./counted.ts";

/** The end is estimated only after this time, because the estimate needs some changes. */
const BASIS_MS = 2_000;

const STEPS = [
  { name: "plan", title: "Plan" },
  { name: "change", title: "Change" },
  { name: "verify", title: "Verify" },
];

/** The steps of a run of an operation. */
export interface OperationSteps {
  readonly onProgress: (progress: RunProgress) => void;
  /** Shows the result of the run. */
  readonly ended: (report: JobReport) => void;
  readonly close: () => Promise<void>;
}

/** Shows a run of an operation: that its plan holds, its changes with their end, what was read. */
export function operationSteps(open: OpenStepDisplay): OperationSteps {
  let display: StepDisplay | undefined;
  let stage: RunProgress["stage"] | undefined;
  let eta: (progress: RunProgress) => string = () => "";
  let latest: RunProgress | undefined;
  const changedText = (): string =>
    latest === undefined ? "" : `${latest.changed} of ${counted(latest.count, latest.unit)}`;

  function onProgress(progress: RunProgress): void {
    const before = latest;
    latest = progress;
    if (!display) {
      display = open(STEPS);
      display.begin("plan");
      display.end("done", planText(progress));
      eta = estimate(progress);
    }
    if (stage !== progress.stage) {
      if (before !== undefined) display.end("done", changedText());
      stage = progress.stage;
      display.begin(stage === "changing" ? "change" : "verify");
    }
    if (stage === "changing") display.progress(`${changedText()}${eta(progress)}`);
  }

  return {
    onProgress,
    ended({ status, stopped, verifications, isRepetition }) {
      if (isRepetition || !display) return;
      const untrue = verifications.find(({ holds }) => !holds);
      const reason = stopped?.detail ?? stopped?.reason ?? "";
      if (status === "STOPPED") display.end("stopped", [changedText(), reason].join("; "));
      else if (untrue) display.end("failed", `not true: ${untrue.claim}; read: ${untrue.read}`);
      else display.end("done", `${counted(verifications.length, "claim")} read back`);
    },
    close: async () => display?.close(),
  };
}

function planText({ jobId, isContinued, changed, count, unit }: RunProgress): string {
  const job = `job ${jobId}`;
  return isContinued
    ? `${job} continues after ${changed} of ${counted(count, unit)}`
    : `${job}, its facts are as planned`;
}

/** Estimates the rest from the changes of this run; empty without a basis. */
function estimate(first: RunProgress): (progress: RunProgress) => string {
  const startedMs = performance.now();
  return ({ changed, count }) => {
    const elapsedMs = performance.now() - startedMs;
    const perMs = (changed - first.changed) / elapsedMs;
    if (elapsedMs < BASIS_MS || perMs <= 0 || changed >= count) return "";
    return `, about ${durationText((count - changed) / perMs)} to go`;
  };
}
