/**
 * Maximum size of an answer. The largest key sets in use, which have a certificate chain for each
 * key, have about 30 kB.
 */
const ANSWER_BYTES_MAX = 256 * 1024;

/**
 * Fetches a JSON document of an issuer, of at most 256 KiB, without following a redirect.
 * @throws Error when the issuer cannot be reached, does not answer before the signal aborts, or
 *   does not answer with JSON
 */
export async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    signal,
    redirect: "error",
    headers: { accept: "application/json" },
  });
  if (response.ok) return JSON.parse(await readBounded(response));
  await response.body?.cancel();
  throw new Error(`The issuer answered ${response.status} instead of its document`);
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new Error(`The issuer's document is larger than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
