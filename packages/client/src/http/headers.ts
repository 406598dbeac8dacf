/**
 * Joins headers; a later one replaces an earlier one of the same name, in upper or lower case.
 * @throws as `setHeader`
 */
export function headersOf(...parts: readonly Readonly<Record<string, string>>[]): Headers {
  const headers = new Headers();
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) setHeader(headers, name, value);
  }
  return headers;
}

/**
 * Sets a header. The error of the platform would contain the value, which can be a token.
 * @throws TypeError when HTTP does not allow the name or the value
 */
export function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value);
  } catch {
    throw new TypeError(`The header ${name} has a name or a value that HTTP does not allow`);
  }
}
