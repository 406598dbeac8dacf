import { ConfirmationRequiredError, ReasonRequiredError } from "@onsale/core";

/** The permission of the operator for a dangerous operation. */
export interface Permission {
  readonly confirmation: string | undefined;
  readonly reason: string | undefined;
}

/** Asks the person at the terminal for a permission. */
export interface PermissionQuestions {
  /** @returns the name, typed by the person */
  confirmation(name: string): Promise<string>;
  reason(): Promise<string>;
}

/**
 * Runs a change with the permission of the flags. Core refuses a dangerous change without it before
 * anything is changed; then the person is asked for the part that has no flag. A wrong flag is
 * refused as always.
 * @param questions undefined where no person can answer
 * @throws the errors of `run`, and those of a prompt that ends without an answer
 */
export async function withPermission<T>(
  given: Permission,
  questions: PermissionQuestions | undefined,
  run: (permission: Permission) => Promise<T>,
): Promise<T> {
  try {
    return await run(given);
  } catch (error) {
    const more = questions && (await answerTo(error, given, questions));
    if (!more) throw error;
    return withPermission({ ...given, ...more }, questions, run);
  }
}

async function answerTo(
  error: unknown,
  { confirmation, reason }: Permission,
  questions: PermissionQuestions,
): Promise<Partial<Permission> | undefined> {
  if (error instanceof ConfirmationRequiredError && confirmation === undefined) {
    return { confirmation: await questions.confirmation(String(error.details.confirmation)) };
  }
  if (error instanceof ReasonRequiredError && reason === undefined) {
    return { reason: await questions.reason() };
  }
  return undefined;
}
