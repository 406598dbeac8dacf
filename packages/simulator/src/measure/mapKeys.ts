/** Creates a record with a value for each key. */
export function mapKeys<K extends string, V>(
  keys: readonly K[],
  make: (key: K) => V,
): Record<K, V> {
  const made: Partial<Record<K, V>> = {};
  for (const key of keys) made[key] = make(key);
  if (!isWhole(made, keys)) throw new Error("A key was left out");
  return made;
}

function isWhole<K extends string, V>(
  partial: Partial<Record<K, V>>,
  keys: readonly K[],
): partial is Record<K, V> {
  return keys.every((key) => key in partial);
}
