/** Far above the list of 100,000 seats. A longer answer is not from this API. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Reads a body as text. It counts the bytes as they arrive, because a short body can be compressed
 * from an endless one.
 * @returns undefined for a body that is too long, of which the rest is not read
 */
export async function readText({ body }: Pick<Response, "body">): Promise<string | undefined> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let byteCount = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    byteCount += value.byteLength;
    if (byteCount > BODY_BYTES_MAX) {
      // The outcome does not depend on how the connection ends.
      void reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
