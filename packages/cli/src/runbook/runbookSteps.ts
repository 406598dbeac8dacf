import {
  type Runbook,
  type RunbookEvent,
  type RunbookHandlers,
  type RunbookReport,
  type RunProgress,
  secondsText,
} from "@onsale/core";
import { counted } from "../operation/counted.ts";
import { isPromptEnd } from "../terminal/promptEnd.ts";
import type { OpenStepDisplay, StepDisplay } from "../terminal/stepDisplay.ts";

const VERIFY = { name: "verify", title: "Verify" };

export interface RunbookStepsInput {
  readonly runbook: Runbook;
  readonly open: OpenStepDisplay;
  /** Names of the manual steps that the operator has done. */
  readonly acknowledged: readonly string[];
  /** Stops the run like Ctrl-C. */
  readonly interrupt: () => void;
}

/** The display of a run, and the answers of the person at the terminal. */
export interface RunbookSteps {
  readonly handlers: RunbookHandlers;
  readonly onProgress: (progress: RunProgress) => void;
  /** Shows the result of the run. */
  readonly ended: (report: RunbookReport) => void;
  readonly close: () => Promise<void>;
}

/**
 * Shows the steps of a run from the step that it reaches first, and the verification at the end. A
 * manual step shows its instruction; without a reading, the person confirms that it was done.
 */
export function runbookSteps(input: RunbookStepsInput): RunbookSteps {
  const { runbook, open } = input;
  let display: StepDisplay | undefined;
  let hasActed = false;
  let hasFailed = false;
  let isVerifying = false;

  /** Opens the display with the steps from this one on. */
  function shown(first: string): StepDisplay {
    if (display) return display;
    const at = runbook.steps.findIndex(({ name }) => name === first);
    const rest = at < 0 ? [] : runbook.steps.slice(at);
    display = open([
      ...rest.map(({ name, title }) => ({ name, title: `${name}: ${title}` })),
      VERIFY,
    ]);
    return display;
  }

  function onEvent({ step, point, read = "" }: RunbookEvent): void {
    const showing = shown(step);
    const found = runbook.steps.find(({ name }) => name === step);
    if (point === "reached") {
      hasActed = found?.kind === "check" || found?.kind === "wait";
      showing.begin(step);
      if (found?.kind === "wait") showing.progress(`waits until ${found.done.claim}`);
    } else if (point === "acted" || point === "asked") {
      hasActed = true;
      if (found?.done) showing.progress(`waits until ${found.done.claim}`);
    } else if (point === "passed") {
      showing.end(hasActed ? "done" : "held", read);
    } else {
      hasFailed ||= point === "failed";
      showing.end(point, read);
    }
  }

  return {
    handlers: { onEvent, manual: (request) => answer(input, display, request) },
    onProgress({ stage }) {
      if (stage !== "verifying" || hasFailed) return;
      isVerifying = true;
      shown(VERIFY.name).begin(VERIFY.name);
    },
    ended({ verifications }) {
      if (!isVerifying) return;
      const untrue = verifications.find(({ holds }) => !holds);
      if (untrue) display?.end("failed", `not true: ${untrue.claim}; read: ${untrue.read}`);
      else display?.end("done", `${counted(verifications.length, "claim")} read back`);
    },
    close: async () => display?.close(),
  };
}

type ManualRequest = Parameters<NonNullable<RunbookHandlers["manual"]>>[0];

/** @returns true when the person says that the step without a reading was done */
async function answer(
  { acknowledged, interrupt }: RunbookStepsInput,
  display: StepDisplay | undefined,
  { step, signal }: ManualRequest,
): Promise<boolean> {
  const { name, instruction, done, withinMs } = step;
  const isAcknowledged = acknowledged.includes(name);
  if (!done && isAcknowledged) return true;
  const wait = done ? [`Waiting up to ${secondsText(withinMs)} until ${done.claim}.`] : [];
  display?.note([instruction, ...wait].join("\n"));
  if (done || !display?.confirm) return isAcknowledged;
  try {
    return await display.confirm("Is it done? Then the run goes on.", signal);
  } catch (error) {
    if (!isPromptEnd(error)) throw error;
    interrupt();
    return false;
  }
}
