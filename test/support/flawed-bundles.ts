import { authorityFlaws } from './flawed/authority.ts'
import { certificateFlaws } from './flawed/certificate.ts'
import { deviationFlaws } from './flawed/deviation.ts'
import type { Flaw } from './flawed/flaw.ts'
import { graphFlaws } from './flawed/graph.ts'
import { publicCaFlaws } from './flawed/public-ca.ts'
import { usabilityFlaws } from './flawed/usability.ts'

/** The examples of every rule in the catalogue. */
export const flaws: readonly Flaw[] = [
  ...usabilityFlaws,
  ...certificateFlaws,
  ...authorityFlaws,
  ...graphFlaws,
  ...publicCaFlaws,
  ...deviationFlaws,
]
