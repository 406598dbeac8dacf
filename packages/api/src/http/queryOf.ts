/**
 * Reads the parameters of a query. A repeated one has a list of its values. Koa's own `query` is
 * not used: it reads the whole list again for each repetition, so that 3,000 of them take 100 ms.
 */
export function queryOf(text: string): Readonly<Record<string, string | readonly string[]>> {
  if (text === "") return {};
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length > 1 ? all : (all[0] ?? "")]),
  );
}
