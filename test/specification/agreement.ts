import type { Verdict } from '../../src/index.ts'
import type { Call, Certificate, Name, Path } from './model.ts'
import type { ValidPolicies } from './path-validation.ts'
import { verdictOf } from './realize.ts'
import { firstOf, type Judgement, judge, validPoliciesOf } from './specification.ts'

/** What the specification and the library say of one call, and whether they agree. */
export interface Comparison {
  readonly verdict: Verdict
  readonly judgement: Judgement
  /** Undefined where they agree, else what they disagree about, with the call. */
  readonly disagreement: string | undefined
}

export function compare(call: Call, verdict: Verdict = verdictOf(call)): Comparison {
  const judgement = judge(call)
  const { accepted, refused } = judgement
  const isAccepted = accepted.length > 0
  const problem = problemOf(call, verdict, judgement)
  if (problem === undefined) return { verdict, judgement, disagreement: undefined }
  const lines = [
    problem,
    `library: ${verdict.ok ? 'accepts' : `${verdict.code} ${verdict.index}: ${verdict.message}`}`,
    `specification: ${isAccepted ? `accepts ${accepted.map(({ path }) => serialsOf(path)).join('; ')}` : 'refuses'}`,
    ...reasonsOf(refused).map((reason) => `  ${reason}`),
    ...described(call),
  ]
  return { verdict, judgement, disagreement: lines.join('\n') }
}

/** What the two disagree about: acceptance, the reason for a rejection, or the path and the policies of an acceptance. */
function problemOf(call: Call, verdict: Verdict, { accepted, codes }: Judgement): string | undefined {
  if (!verdict.ok) {
    if (accepted.length > 0) return 'only the specification accepts'
    return codes.has(verdict.code) ? undefined : 'no path fails for that reason'
  }
  if (accepted.length === 0) return 'only the library accepts'
  const serials = verdict.path.map(({ serialNumber }) => Number.parseInt(serialNumber, 16))
  const found = accepted.find(({ path }) => serialsOf(path) === serials.join(' ← '))
  if (found === undefined) return `the specification does not accept the path ${serials.join(' ← ')}`
  const wanted = call.policies && validPoliciesOf(call, found.path)
  const [own, other] = [wanted, verdict.policies].map((policies) => policies && textOf(policies))
  return own === other ? undefined : `policies: library ${other}, specification ${own}`
}

function textOf({ authorityConstrained, userConstrained }: ValidPolicies): string {
  return [authorityConstrained, userConstrained].map((policies) => `{${[...new Set(policies)].sort().join(', ')}}`).join(' ')
}

/** Why each path is rejected: its serials, leaf first, and its first failures. */
export function reasonsOf(refused: Judgement['refused']): readonly string[] {
  return refused.map(({ path, failures }) => {
    const first = firstOf(failures).map(({ clause, index }) => `${clause} at ${index}`)
    return `${serialsOf(path)}: ${first.join(', ')}`
  })
}

const serialsOf = (path: Path): string => path.map(({ serial }) => serial).join(' ← ')

function described({ listed, presented, ...rest }: Call): readonly string[] {
  const certificates = [...new Map([...listed, ...presented].map((certificate) => [certificate.serial, certificate])).values()]
  const serials = (some: readonly Certificate[]): string => some.map(({ serial }) => serial).join(', ')
  const lines = certificates.map(({ serial, subject, issuer, ...fields }) => {
    return `  ${serial}: ${nameText(subject)}, issued by ${nameText(issuer)}: ${JSON.stringify(fields)}`
  })
  return [...lines, `  listed ${serials(listed)}, presented ${serials(presented)}`, `  ${JSON.stringify(rest)}`]
}

function nameText(name: Name): string {
  return name.map(([type, value]) => `${type}=${value}`).join('/')
}
