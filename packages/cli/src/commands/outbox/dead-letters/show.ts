import OutboxShow from "../show.ts";

/** `onsale outbox dead-letters show` */
export default class DeadLettersShow extends OutboxShow {
  static override summary = "Show a dead message whole, and which messages wait behind it";
  static override examples = ["<%= config.bin %> <%= command.id %> 4711"];
}
