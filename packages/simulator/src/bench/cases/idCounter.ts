/** Gives out blocks of ids that no other round uses. The function returns the first id. */
export function idCounter(): (count: number) => number {
  let next = 1;
  return (count) => {
    const first = next;
    next += count;
    return first;
  };
}
