import type { OpenStepDisplay } from "../../src/terminal/stepDisplay.ts";

/** A display whose calls are lines of text. */
export interface RecordedSteps {
  readonly lines: string[];
  readonly open: OpenStepDisplay;
}

/** @param answer what the person answers; undefined where no person can be asked */
export function recordedSteps(answer?: () => Promise<boolean>): RecordedSteps {
  const lines: string[] = [];
  const open: OpenStepDisplay = (steps) => {
    lines.push(`open ${steps.map(({ name }) => name).join(" ")}`);
    return {
      begin: (name) => void lines.push(`begin ${name}`),
      progress: (text) => void lines.push(`progress ${text}`),
      note: (text) => void lines.push(`note ${text}`),
      confirm: answer,
      end: (result, text) => void lines.push(`${result} ${text}`),
      async close() {
        lines.push("close");
      },
    };
  };
  return { lines, open };
}
