/** What built-in functions have to go through, counted at their calls. */

type Method = (this: unknown, ...args: unknown[]) => unknown
type Cost = (self: never, args: never, result: never) => number

const whole = (self: string): number => self.length
const lengthOfKey = (_self: unknown, [key]: readonly unknown[]): number => (typeof key === 'string' ? key.length : 1)
const total = (self: readonly unknown[]): number =>
  self.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0)

/** Marks in a row are put in order by insertion: quadratic in their number. */
function costOfNormalizing(text: string): number {
  return (text.match(/[\p{M}\uFF9E\uFF9F]+/gu) ?? []).reduce((sum, run) => sum + run.length ** 2, text.length)
}

/** How far a search in a text has to go. */
function costOfSearch(self: string, [, from = 0]: readonly [unknown, number?], found: number): number {
  return found < 0 ? self.length - from : found - from + 1
}

function costOfSearchBack(self: string, [, from = self.length]: readonly [unknown, number?], found: number): number {
  return from - found
}

/** A number of many digits is divided again and again. */
function costOfDecimal(value: unknown): number {
  return typeof value === 'bigint' ? (value.toString(16).length / 16) ** 2 : 1
}

const costs: readonly (readonly [object, Readonly<Record<string, Cost>>])[] = [
  [
    String.prototype,
    {
      normalize: costOfNormalizing,
      indexOf: costOfSearch,
      lastIndexOf: costOfSearchBack,
      startsWith: (_self: string, [start]: readonly [string]) => start.length,
      endsWith: (_self: string, [end]: readonly [string]) => end.length,
      replace: (self: string, _args, result: string) => self.length + result.length,
      replaceAll: (self: string, _args, result: string) => self.length + result.length,
      ...Object.fromEntries(
        ['includes', 'match', 'search', 'split', 'toLowerCase', 'toUpperCase', 'trim', 'trimEnd'].map((name) => [name, whole]),
      ),
    },
  ],
  [RegExp.prototype, { test: (_self: RegExp, [text]: readonly [string]) => text.length }],
  [
    Array.prototype,
    {
      join: total,
      includes: (self: readonly unknown[]) => self.length,
      indexOf: (self: readonly unknown[]) => self.length,
      sort: (self: readonly unknown[]) => total(self) * Math.ceil(Math.log2(self.length + 1)),
    },
  ],
  [Object.getPrototypeOf(Uint8Array.prototype) as object, { slice: (_self, _args, result: Uint8Array) => result.length }],
  [Map.prototype, { get: lengthOfKey, has: lengthOfKey, set: lengthOfKey }],
  [Set.prototype, { has: lengthOfKey, add: lengthOfKey }],
  [globalThis, { String: (_self, [value]: readonly unknown[]) => costOfDecimal(value) }],
]

/** Has every call of theirs counted, until the answer is called. */
export function watchBuiltins(count: (name: string, cost: number) => void): () => void {
  const undo: (() => void)[] = []
  // Counting uses some of them.
  let isCounting = false
  for (const [owner, methods] of costs) {
    const table = owner as Record<string, Method>
    for (const [name, cost] of Object.entries(methods)) {
      const original = table[name]!
      const watched: Method = function (this: unknown, ...args) {
        const result = Reflect.apply(original, this, args)
        if (isCounting) return result
        isCounting = true
        try {
          count(`built-in ${name}`, (cost as (...parts: unknown[]) => number)(this, args, result))
        } finally {
          isCounting = false
        }
        return result
      }
      Object.setPrototypeOf(watched, original)
      table[name] = watched
      undo.push(() => {
        table[name] = original
      })
    }
  }
  return () => {
    for (const back of undo) back()
  }
}
