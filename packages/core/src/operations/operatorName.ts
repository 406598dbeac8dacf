import { InvalidInputError } from "../shared/errors.ts";
import { textMistake } from "../shared/visibleText.ts";

/** The width of the column in audit records, in characters. */
const NAME_LENGTH_MAX = 100;

/**
 * Returns the name of an operator as the audit record has it: in composed form, without spaces
 * around it.
 * @throws InvalidInputError unless an audit record can show the name as it is
 */
export function operatorName(text: string): string {
  const name = text.normalize("NFC").trim();
  const mistake = textMistake(name, NAME_LENGTH_MAX);
  if (mistake === undefined) return name;
  throw new InvalidInputError(`the name of the operator ${mistake}`, { field: "operator" });
}
