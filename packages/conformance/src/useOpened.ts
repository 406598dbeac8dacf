import type { AdapterSet, OpenedAdapters } from "./adapterSet.ts";

/**
 * Opens the adapter set once for the surrounding suite.
 * @returns a function that returns the adapters, for hooks and cases
 */
export function useOpened(
  set: AdapterSet,
  overrides: Readonly<Record<string, string>> = {},
): () => OpenedAdapters {
  let opened: OpenedAdapters | undefined;
  before("opens the adapters", async () => {
    opened = await set.open(overrides);
  });
  after("closes the adapters", () => opened?.close());
  return () => {
    if (opened === undefined) throw new Error("the adapters are open only while the suite runs");
    return opened;
  };
}
