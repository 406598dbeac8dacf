/**
 * One schema change. Its statements run once, in order. MySQL commits each DDL statement at once.
 */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
