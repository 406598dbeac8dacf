/** The migrations were refused before the next change; a later run goes on there. */
export class MigrationRefusedError extends Error {
  readonly code:
    | "DATABASE_NOT_EMPTY"
    | "MIGRATIONS_UNKNOWN"
    | "MIGRATIONS_RUNNING"
    | "MIGRATIONS_BLOCKED";
  constructor(code: MigrationRefusedError["code"], message: string) {
    super(message);
    this.name = "MigrationRefusedError";
    this.code = code;
  }
}
