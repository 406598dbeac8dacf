import { loadOrCreateState, type StackState, saveState, stackDirOf } from "./stackState.ts";
import { type ServerName, type StackOptions, serverNames } from "./types.ts";

/** Folder and state of a stack while a command uses them. */
export interface OpenStack {
  stackDir: string;
  servers: readonly ServerName[];
  env: NodeJS.ProcessEnv;
  onProgress: (line: string) => void;
  state: StackState;
  /** Ends with the last compose command; two at once would both create the project's network. */
  lastCompose: Promise<void>;
  /** Writes the state to disk; called after each change, so that a crash loses no process. */
  save(): void;
}

/** Reads the stack's state or creates one. Hold the stack's lock while you change it. */
export async function openStack(options: StackOptions): Promise<OpenStack> {
  const stackDir = stackDirOf(options);
  const state = await loadOrCreateState(stackDir);
  return {
    stackDir,
    servers: options.servers ?? serverNames,
    env: options.env ?? process.env,
    onProgress: options.onProgress ?? (() => undefined),
    state,
    lastCompose: Promise.resolve(),
    save: () => saveState(stackDir, state),
  };
}
