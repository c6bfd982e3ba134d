import type { Growing } from './growing.ts'
import { fieldCases } from './many-fields.ts'
import { manyNameCases } from './many-names.ts'
import { policyCases } from './many-policies.ts'
import { nameCases } from './name-places.ts'
import { pathCases } from './paths.ts'
import { sameSubjectCases } from './same-subject.ts'
import { textCases } from './texts.ts'

/** Everything that a stranger can send more of. */
export const growingCases: readonly Growing[] = [
  ...pathCases,
  ...manyNameCases,
  ...fieldCases,
  ...policyCases,
  ...sameSubjectCases,
  ...nameCases,
  ...textCases,
]

/** Every so many of them, such that each place and each way to fill it is among them. */
export function shareOf(cases: readonly Growing[], one: number): readonly Growing[] {
  return cases.filter((_, i) => i % one === 0)
}
