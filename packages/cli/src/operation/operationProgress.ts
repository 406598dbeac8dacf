import { durationText, type ProgressTarget, statusLine } from "@onsale/simulator/terminal";

/** The end is estimated only after this time, because the estimate needs some changes. */
const BASIS_MS = 2_000;

/** The progress line of a bulk change. */
export interface OperationProgress {
  readonly show: (progress: { changed: number; count: number }) => void;
  readonly end: () => void;
}

/** @param target where the line is shown; undefined shows nothing */
export function operationProgress(target: ProgressTarget | undefined): OperationProgress {
  const line = target && statusLine(target);
  const startedMs = performance.now();
  let first: number | undefined;
  return {
    show({ changed, count }) {
      first ??= changed;
      const elapsedMs = performance.now() - startedMs;
      const perMs = (changed - first) / elapsedMs;
      const eta =
        elapsedMs < BASIS_MS || perMs <= 0 || changed >= count
          ? ""
          : `  about ${durationText((count - changed) / perMs)} to go`;
      line?.show(`${durationText(elapsedMs)}  ${changed} of ${count}${eta}`, "", elapsedMs);
    },
    end: () => line?.clear(),
  };
}
