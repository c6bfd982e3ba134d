import type { LintCode } from '../../../src/index.ts'
import { deviatingCas, deviatingLeaves } from '../deviating.ts'
import { bentCa, bentClient, type Flaw, root } from './flaw.ts'

/** Deviations from DER, beside the same in correct DER. */

const asClients: readonly Flaw[] = deviatingLeaves.map(({ code, name, bent, twin, also = [] }) => ({
  code: code as LintCode,
  also,
  name: `a client with ${name}`,
  as: 'leaf',
  input: bentClient(bent).der,
  mended: ['the same in DER', bentClient(twin).der],
}))

const asCas: readonly Flaw[] = deviatingCas
  .filter(({ bent }) => !deviatingLeaves.some((leaf) => leaf.bent === bent))
  .map(({ code, name, bent, twin, also = [] }) => ({
    code: code as LintCode,
    also,
    name: `a CA with ${name}`,
    input: [root.der, bentCa(bent).der],
    mended: ['the same in DER', [root.der, bentCa(twin).der]],
  }))

export const deviationFlaws: readonly Flaw[] = [...asClients, ...asCas]
