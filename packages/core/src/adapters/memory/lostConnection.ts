import { type Dependency, DependencyUnavailableError } from "../../shared/errors.ts";
import { ConnectionLostError } from "./serverLink.ts";

/**
 * The answer of a call that a workflow cannot do without.
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

/** The answer of a call that a lost connection passes by, which leaves the other value. */
export async function unlessLost<T, U>(answer: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ConnectionLostError)) throw error;
    return otherwise;
  }
}
