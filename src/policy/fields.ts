/**
 * Refuses an options object with fields that are not known: a misspelt setting that is silently ignored is a hole.
 *
 * @throws TypeError naming the field
 */
export function requireFields(what: string, value: unknown, fields: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${what} must be an object`)
  const stranger = Object.keys(value).find((field) => !fields.has(field))
  if (stranger !== undefined) throw new TypeError(`${what}.${stranger} is not an option`)
}
