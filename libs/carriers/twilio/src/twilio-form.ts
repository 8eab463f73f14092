/** Form fields by name, values decoded; an array where a name came more than once. */
export type FormFields = Record<string, string | string[]>;

/** Keeps every pair: fields that Twilio adds without notice take part in the signature. */
export function parseForm(body: string): FormFields {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(body)) {
    const before = fields.get(name);
    if (before === undefined) fields.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else fields.set(name, [before, value]);
  }
  return Object.fromEntries(fields);
}
