import { visible } from "./visible.ts";

/** A step of a run, as a display shows it. */
export interface ShownStep {
  readonly name: string;
  /** A sentence without the full stop. */
  readonly title: string;
}

/**
 * The end of a step. held: nothing had to be done. stopped: the run stops here, and may continue.
 */
export type StepEnd = "done" | "held" | "failed" | "stopped";

/** Shows the steps of a run, which take place one after the other. */
export interface StepDisplay {
  /** Begins a step. */
  begin(name: string): void;
  /** Shows how far the present step is. */
  progress(text: string): void;
  /** Shows sentences for the person, such as an instruction. */
  note(text: string): void;
  /** Asks the person to confirm; undefined where no person can answer. */
  readonly confirm: ((question: string, signal?: AbortSignal) => Promise<boolean>) | undefined;
  /** Ends the present step. */
  end(result: StepEnd, text: string): void;
  /** Ends the display. Steps that were not reached remain visible as such. */
  close(): Promise<void>;
}

/** Opens a display for these steps. */
export type OpenStepDisplay = (steps: readonly ShownStep[]) => StepDisplay;

/** Shows the result of a run in its steps, and ends their display, also after an error. */
export async function withSteps<Report>(
  steps: { readonly ended: (report: Report) => void; readonly close: () => Promise<void> },
  run: () => Promise<Report>,
): Promise<Report> {
  try {
    const report = await run();
    steps.ended(report);
    return report;
  } finally {
    await steps.close();
  }
}

/** A display of nothing, for `--quiet`. */
export const hiddenSteps: OpenStepDisplay = () => ({
  begin() {},
  progress() {},
  note() {},
  confirm: undefined,
  end() {},
  async close() {},
});

const ENDS = {
  done: "done",
  held: "true already",
  failed: "FAILED",
  stopped: "stopped",
} as const satisfies Record<StepEnd, string>;

/** The end of a step in words: "done (paused in MySQL and in Redis)". */
export const endText = (result: StepEnd, text: string): string =>
  text === "" ? ENDS[result] : `${ENDS[result]} (${visible(text)})`;

/** A log needs only a line every few seconds, ms. */
const PROGRESS_EVERY_MS = 3_000;

/** Shows steps in a log: a line for each point, and for the progress now and then. */
export function plainSteps(say: (line: string) => void): OpenStepDisplay {
  return (steps) => {
    let present = "";
    let saidMs = 0;
    return {
      begin(name) {
        present = name;
        saidMs = performance.now();
        say(`${steps.find((step) => step.name === name)?.title ?? name} ...`);
      },
      progress(text) {
        const nowMs = performance.now();
        if (nowMs - saidMs < PROGRESS_EVERY_MS) return;
        saidMs = nowMs;
        say(`${present}: ${visible(text)}`);
      },
      note: (text) => say(`\n${visible(text, true)}\n`),
      confirm: undefined,
      end: (result, text) => say(`${present}: ${endText(result, text)}`),
      async close() {},
    };
  };
}
