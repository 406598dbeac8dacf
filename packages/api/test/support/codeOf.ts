/** The stable code of an error, or its text when it has no code. */
export function codeOf(error: unknown): string {
  const coded = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof coded === "string" ? coded : String(error);
}
