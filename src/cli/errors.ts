/**
 * A mistake of the caller, for standard error and exit code 2. The message names the problem and the place, then the way out.
 */
export class CliError extends Error {
  /** One line each, even if a name contains line breaks. */
  readonly problems: readonly string[]
  readonly advice: string | undefined

  constructor(problem: string | readonly string[], advice?: string) {
    const problems = typeof problem === 'string' ? [problem] : problem
    super(problems.join('\n'))
    this.name = 'CliError'
    this.problems = problems
    this.advice = advice
  }
}

/** ` Did you mean …?` for a word that is close to a known one. */
export function suggestion(word: string, known: readonly string[]): string {
  const wanted = word.toLowerCase()
  const ranked = known.map((candidate) => ({ candidate, distance: distance(wanted, candidate.toLowerCase()) }))
  const [best] = ranked.sort((a, b) => a.distance - b.distance)
  if (best === undefined || best.distance > Math.max(1, Math.floor(best.candidate.length / 3))) return ''
  return ` Did you mean ${best.candidate}?`
}

/**
 * The longest word that is compared. No option or code is longer, and the table below grows with the product of the lengths.
 */
const longestWord = 64

/** The Levenshtein distance, with swaps of neighbouring characters. */
function distance(a: string, b: string): number {
  if (a.length > longestWord) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  let last: readonly number[] = []
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let k = 1; k <= b.length; k++) {
      const replaced = row[k - 1]! + (a[i - 1] === b[k - 1] ? 0 : 1)
      const isSwap = i > 1 && k > 1 && a[i - 1] === b[k - 2] && a[i - 2] === b[k - 1]
      const swapped = isSwap ? last[k - 2]! + 1 : replaced
      next.push(Math.min(replaced, swapped, row[k]! + 1, next[k - 1]! + 1))
    }
    last = row
    row = next
  }
  return row[b.length]!
}
