import type { ForeignStatements } from "@onsale/simulator/drill";

/** Statements that a drill begins, and that its runbook or its end stops. */
export function foreignStatements(): {
  readonly begin: (start: () => Promise<ForeignStatements>) => Promise<void>;
  /** A repetition has no effect. */
  readonly end: () => Promise<void>;
} {
  let running: ForeignStatements | undefined;
  return {
    async begin(start) {
      running = await start();
    },
    async end() {
      const ending = running;
      running = undefined;
      await ending?.end();
    },
  };
}
