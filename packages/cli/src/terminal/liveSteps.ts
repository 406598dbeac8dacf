import {
  DefaultRenderer,
  Listr,
  ListrLogger,
  ListrPromptAdapter,
  ListrTaskEventType,
  type ListrTaskWrapper,
  PRESET_TIMER,
  ProcessOutput,
} from "listr2";
import { untilCtrlD } from "./promptEnd.ts";
import { endText, type ShownStep, type StepDisplay, type StepEnd } from "./stepDisplay.ts";
import { visible } from "./visible.ts";

/** A step that takes longer shows its duration, ms. */
const TIMED_MS_MIN = 1_000;

/** Draws on stderr, also when stdout is a pipe: only stderr has to be a terminal. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** Draws a question of inquirer below the list. */
class Question extends ListrPromptAdapter {
  override async run<T>(ask: (output: NodeJS.WritableStream) => Promise<T>): Promise<T> {
    this.reportStarted();
    try {
      const answer = await ask(this.wrapper.stdout(ListrTaskEventType.PROMPT));
      this.reportCompleted();
      return answer;
    } catch (error) {
      this.reportFailed();
      throw error;
    }
  }
}

type Wrapper = ListrTaskWrapper<unknown, typeof StderrRenderer, typeof StderrRenderer>;

/** One row of the list. Its task waits until the run has ended the step. */
interface Row extends ShownStep {
  readonly begun: PromiseWithResolvers<Wrapper>;
  readonly ended: PromiseWithResolvers<{
    readonly result: StepEnd | "left";
    readonly text: string;
  }>;
}

/**
 * Shows steps as a list that updates itself on the terminal of stderr. listr2 runs tasks; here the
 * steps run elsewhere, and each task waits for the end of its step.
 *
 * While the list is shown, other lines on stderr are held back until it ends, so messages for the
 * person go through `note`.
 */
export function liveSteps(
  steps: readonly ShownStep[],
  { canAsk }: { readonly canAsk: boolean },
): StepDisplay {
  const rows: readonly Row[] = steps.map((step) => ({
    ...step,
    begun: Promise.withResolvers(),
    ended: Promise.withResolvers(),
  }));
  const output = new ProcessOutput(process.stderr, process.stderr);
  const running = listOf(rows, output).run();
  // A second Ctrl-C ends the process while the list hides the cursor and holds stderr back.
  const release = (): void => output.release();
  process.once("exit", release);
  let present: Row | undefined;
  const onPresent = (act: (task: Wrapper, row: Row) => void): void => {
    const row = present;
    void row?.begun.promise.then((task) => act(task, row));
  };
  return {
    begin(name) {
      for (const row of rows) {
        if (row.name === name) {
          present = row;
          return;
        }
        row.ended.resolve({ result: "left", text: "" });
      }
    },
    progress: (text) =>
      onPresent((task, { title }) => {
        task.title = `${title}: ${visible(text)}`;
      }),
    note: (text) =>
      onPresent((task) => {
        task.output = visible(text, true);
      }),
    confirm: canAsk
      ? async (question, signal) => {
          const { default: confirm } = await import("@inquirer/confirm");
          const task = await present?.begun.promise;
          if (!task) return false;
          return task
            .prompt(Question)
            .run((output) =>
              untilCtrlD(signal, (ending) =>
                confirm({ message: question, default: false }, { output, signal: ending }),
              ),
            );
        }
      : undefined,
    end(result, text) {
      present?.ended.resolve({ result, text });
      present = undefined;
    },
    async close() {
      present?.ended.resolve({ result: "stopped", text: "" });
      for (const row of rows) row.ended.resolve({ result: "left", text: "" });
      await running;
      process.off("exit", release);
    },
  };
}

function listOf(
  rows: readonly Row[],
  processOutput: ProcessOutput,
): Listr<unknown, typeof StderrRenderer, typeof StderrRenderer> {
  return new Listr<unknown, typeof StderrRenderer, typeof StderrRenderer>(
    rows.map((row) => ({
      title: row.title,
      rendererOptions: { outputBar: Number.POSITIVE_INFINITY },
      async task(_context: unknown, task: Wrapper) {
        row.begun.resolve(task);
        const { result, text } = await row.ended.promise;
        showEnd(task, row, result, text);
      },
    })),
    {
      concurrent: false,
      // The steps after a failed one show that they were not reached.
      exitOnError: false,
      // The command itself listens to Ctrl-C.
      registerSignalListeners: false,
      renderer: StderrRenderer,
      fallbackRenderer: StderrRenderer,
      rendererOptions: {
        logger: new ListrLogger({ processOutput }),
        collapseSkips: true,
        timer: { ...PRESET_TIMER, condition: (ms: number) => ms >= TIMED_MS_MIN },
      },
    },
  );
}

function showEnd(task: Wrapper, { title }: Row, result: StepEnd | "left", text: string): void {
  const line = `${title}: ${result === "left" ? "not reached" : endText(result, text)}`;
  if (result === "failed") throw new Error(line);
  if (result === "done") task.title = line;
  else task.skip(line);
}
