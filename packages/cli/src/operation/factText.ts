/** The name of a fact in words: "accountVersion" becomes "account version". */
export function factName(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_all, end: string, begin: string) => {
    return `${end} ${begin.toLowerCase()}`;
  });
}

/** The value of a fact for people. A value that is missing or empty is "none". */
export function factText(value: unknown): string {
  return value === null || value === undefined || value === "" ? "none" : String(value);
}
