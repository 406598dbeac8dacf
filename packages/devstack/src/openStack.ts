import { loadOrCreateState, type StackState, saveState, stackDirOf } from "./stackState.ts";
import { type SecureListeners, type ServerName, type StackOptions, serverNames } from "./types.ts";

/** The folder and the state of a stack during a command. */
export interface OpenStack {
  stackDir: string;
  servers: readonly ServerName[];
  env: NodeJS.ProcessEnv;
  secure: SecureListeners | undefined;
  onProgress: (line: string) => void;
  state: StackState;
  /**
   * Writes the state to disk. Called after each change, so that a crash loses no started process.
   */
  save(): void;
}

/**
 * Reads the stack's state or creates it. The caller must hold the stack's lock while it changes it.
 */
export async function openStack(options: StackOptions): Promise<OpenStack> {
  const stackDir = stackDirOf(options);
  const state = await loadOrCreateState(stackDir);
  return {
    stackDir,
    servers: options.servers ?? serverNames,
    env: options.env ?? process.env,
    secure: options.secure,
    onProgress: options.onProgress ?? (() => undefined),
    state,
    save: () => saveState(stackDir, state),
  };
}
