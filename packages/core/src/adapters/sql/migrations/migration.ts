/**
 * One schema change. Its statements run once, in order. MySQL commits each of them immediately,
 * because DDL is not transactional.
 */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
