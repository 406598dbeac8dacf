/** Makes the plural of the units that operations count: "entry" becomes "entries". */
export function counted(count: number, unit: string): string {
  if (count === 1) return `1 ${unit}`;
  const plural = /[^aeiou]y$/.test(unit) ? `${unit.slice(0, -1)}ies` : `${unit}s`;
  return `${count.toLocaleString("en")} ${plural}`;
}
