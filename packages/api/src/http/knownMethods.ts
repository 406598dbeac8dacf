const KNOWN = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

/**
 * Returns true for a method that may be a label of a metric or name a span. Clients can send any
 * other method, and the number of names must stay small.
 */
export const isKnownMethod = (method: string): boolean => KNOWN.has(method);
