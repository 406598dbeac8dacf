/**
 * The name of an HTTP header, of a message header, and of a field in a stored payload: the identity
 * of a span, as W3C Trace Context writes it. The outbox and the notifications store the span in the
 * JSON object of the payload, beside the fields of the event. Kafka and the webhook get it as a
 * header only, so `takeTraceparent` removes the field.
 */
export const TRACEPARENT = "traceparent";

type Fields = Readonly<Record<string, unknown>>;

/** Separates the span from the fields of a stored payload. */
export function takeTraceparent<Payload extends Fields>(
  stored: Payload,
): { readonly traceparent: string | undefined; readonly payload: Fields } {
  const { [TRACEPARENT]: traceparent } = stored;
  if (typeof traceparent !== "string") return { traceparent: undefined, payload: stored };
  const { [TRACEPARENT]: _removed, ...payload } = stored;
  return { traceparent, payload };
}
