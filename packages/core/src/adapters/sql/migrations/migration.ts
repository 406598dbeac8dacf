/** A step of the schema: statements that run in order, once. MySQL commits DDL by itself. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
