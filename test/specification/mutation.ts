/** What an edit removes, in which file of `src`, and how: the text must occur there exactly once. */
export interface Mutation {
  readonly removes: string
  readonly file: string
  readonly from: string
  /** Default: nothing. */
  readonly to?: string
}

export function edits(
  file: string,
  list: readonly (readonly [removes: string, from: string, to?: string])[],
): readonly Mutation[] {
  return list.map(([removes, from, to = '']) => ({ removes, file, from, to }))
}
