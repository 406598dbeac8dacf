/** The bytes of a request for the events of a place. @param more header lines, each with its end */
export function streamRequest(token: string, more = ""): string {
  return (
    "GET /api/v1/queue/tokens/me/events HTTP/1.1\r\nHost: test\r\n" +
    `Authorization: Bearer ${token}\r\n${more}\r\n`
  );
}
