/** A value that a column can store. `null` is SQL's NULL. */
export type StoredValue = string | number | null;

/** A row of any table. A row is immutable: a write creates a new row. */
export type Row = Readonly<Record<string, StoredValue>>;
