import type { Growing } from './growing.ts'
import { fieldCases } from './many-fields.ts'
import { manyNameCases } from './many-names.ts'
import { policyCases } from './many-policies.ts'
import { nameCases } from './name-places.ts'
import { pathCases } from './paths.ts'
import { sameSubjectCases } from './same-subject.ts'
import { textCases } from './texts.ts'

/** Every input of an unknown client that can grow. */
export const growingCases: readonly Growing[] = [
  ...pathCases,
  ...manyNameCases,
  ...fieldCases,
  ...policyCases,
  ...sameSubjectCases,
  ...nameCases,
  ...textCases,
]

/** One in so many of them, so that each place and each way to fill it occurs. */
export function shareOf(cases: readonly Growing[], one: number): readonly Growing[] {
  return cases.filter((_, i) => i % one === 0)
}
