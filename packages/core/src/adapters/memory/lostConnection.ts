import { type Dependency, DependencyUnavailableError } from "../../shared/errors.ts";
import { ConnectionLostError } from "./serverLink.ts";

/**
 * Returns the answer of a call, for a workflow that cannot continue without the answer.
 * @throws DependencyUnavailableError when the connection was lost
 */
export async function needed<T>(server: Dependency, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    throw new DependencyUnavailableError(server, { cause: error });
  }
}

/** Returns the answer of a call, or `otherwise` when the connection was lost. */
export async function unlessLost<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    return otherwise;
  }
}
