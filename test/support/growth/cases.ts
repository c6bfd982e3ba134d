import type { Growing } from './growing.ts'
import { manyCases } from './many.ts'
import { nameCases } from './name-places.ts'
import { pathCases } from './paths.ts'
import { textCases } from './texts.ts'

/** Everything that a stranger can send more of. */
export const growingCases: readonly Growing[] = [...pathCases, ...manyCases, ...nameCases, ...textCases]

/** Every so many of them, such that each place and each way to fill it is among them. */
export function shareOf(cases: readonly Growing[], one: number): readonly Growing[] {
  return cases.filter((_, i) => i % one === 0)
}
