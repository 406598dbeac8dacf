import { loadOrCreateState, type StackState, saveState, stackDirOf } from "./stackState.ts";
import { type ServerName, type StackOptions, serverNames } from "./types.ts";

/** A stack's folder and state while a command works on it. */
export interface OpenStack {
  stackDir: string;
  servers: readonly ServerName[];
  env: NodeJS.ProcessEnv;
  onProgress: (line: string) => void;
  state: StackState;
  /** The compose command that runs now; two at once would both create the project's network. */
  composeTurn: Promise<void>;
  /** Writes the state down; called after each change, so that a crash forgets no process. */
  save(): void;
}

/** Reads the stack's state, or begins one. Hold the stack's lock when changing it. */
export async function openStack(options: StackOptions): Promise<OpenStack> {
  const stackDir = stackDirOf(options);
  const state = await loadOrCreateState(stackDir);
  return {
    stackDir,
    servers: options.servers ?? serverNames,
    env: options.env ?? process.env,
    onProgress: options.onProgress ?? (() => undefined),
    state,
    composeTurn: Promise.resolve(),
    save: () => saveState(stackDir, state),
  };
}
