import { CoreError } from "../shared/errors.ts";

/** No outbox message has this id: it was never written, or cleanup has deleted it. */
export class MessageNotFoundError extends CoreError {
  readonly code = "MESSAGE_NOT_FOUND";
  constructor(id: string) {
    super(`There is no outbox message ${id}; cleanup deletes published messages`, { id });
  }
}
