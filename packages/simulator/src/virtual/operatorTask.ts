import { type CoreContext, CoreError } from "@onsale/core";
import type { Actor } from "./actor.ts";
import type { Network } from "./virtualLink.ts";
import type { VirtualProcess } from "./virtualProcess.ts";

/** How an operator reaches the processes. */
export interface OperatorAccess {
  /** The API processes that exist now. */
  apis(): readonly VirtualProcess[];
  /** Reports an error that no fault explains. */
  failed(error: unknown): void;
}

/** Pause between two attempts of an operator, ms. */
const PAUSE_MS = 900;

/** The end of an operator's work at a process. */
export type OperatorAnswer<T> =
  | { readonly isDone: true; readonly value: T }
  | { readonly isDone: false; readonly refusal: CoreError };

/**
 * Does the work at one API process after another, until one of them acknowledges it, or refuses it
 * for good.
 * @param refuses whether an error is final; by default the operator tries again after every error
 */
export async function insistAtApis<T>(
  { scheduler, stalls }: Network,
  { apis, failed }: OperatorAccess,
  actor: Actor,
  work: (core: CoreContext) => Promise<T>,
  refuses: (error: CoreError) => boolean = () => false,
): Promise<OperatorAnswer<T>> {
  for (let tried = 0; ; tried += 1) {
    const processes = apis();
    const process = processes[tried % processes.length];
    if (process?.isAlive) {
      try {
        // The process answers with the value in a box, because a crash answers with undefined.
        const answer = await process.serve(actor, async (core) => ({ value: await work(core) }));
        if (answer) return { isDone: true, value: answer.value };
      } catch (error) {
        if (!(error instanceof CoreError)) failed(error);
        else if (refuses(error)) return { isDone: false, refusal: error };
      }
    }
    await scheduler.sleep(stalls.owner, PAUSE_MS);
  }
}
