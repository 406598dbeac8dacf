/** The stable code of an error, or what else it was. */
export function codeOf(error: unknown): string {
  const coded = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof coded === "string" ? coded : String(error);
}
