/** Everything that a caller can read from a value: fields, getters and bytes. */

/** The fields of plain objects; for instances of a class, its getters and text forms. */
function fieldsOf(value: object): readonly (readonly [string, unknown])[] {
  if (isPlain(value)) return Object.entries(value)
  const fields: (readonly [string, unknown])[] = value instanceof Error ? [['message', value.message]] : []
  for (let level: object = Object.getPrototypeOf(value); level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (get !== undefined) fields.push([name, Reflect.apply(get, value, [])])
    }
  }
  for (const method of ['toPem', 'toJSON']) {
    const call: unknown = Reflect.get(value, method)
    if (typeof call === 'function') fields.push([method, Reflect.apply(call, value, [])])
  }
  return fields
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

/**
 * A value as text, with all of its fields.
 *
 * @param isOwned whether the bytes in plain objects are included, which their owner may change
 */
export function described(value: unknown, isOwned = true): string {
  if (value instanceof Uint8Array) return isOwned ? Buffer.from(value).toString('hex') : 'bytes'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Set || value instanceof Map) return described([...value], isOwned)
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? 'function' : String(value)
  const isTold = isOwned || !isPlain(value)
  return `{${fieldsOf(value).map(([name, field]) => `${name}: ${described(field, isTold)}`)}}`
}

/** Every array of bytes that a value hands out. */
export function bytesIn(value: unknown): readonly Uint8Array[] {
  if (value instanceof Uint8Array) return [value]
  if (value instanceof Set || value instanceof Map) return bytesIn([...value])
  if (typeof value !== 'object' || value === null || value instanceof Date) return []
  return fieldsOf(value).flatMap(([, field]) => bytesIn(field))
}
