import type { Verdict } from '../../src/index.ts'
import { anyPolicy, type Call, type Certificate, type Name } from './model.ts'
import { isSelfIssued_6_1 } from './names.ts'
import { verdictOf } from './realize.ts'
import { firstOf, type Judgement, judge } from './specification.ts'

/** What the specification and the library say of one call, and whether they agree. */
export interface Comparison {
  readonly verdict: Verdict
  /** Undefined where they agree, else what they disagree about, with the call. */
  readonly disagreement: string | undefined
}

export function compare(call: Call): Comparison {
  const judgement = judge(call)
  const { accepted, refused, codes } = judgement
  const verdict = verdictOf(call)
  const isAccepted = accepted.length > 0
  const agrees = verdict.ok ? isAccepted : !isAccepted && codes.has(verdict.code)
  if (agrees || isKnownDifference(call, judgement, verdict)) return { verdict, disagreement: undefined }
  const reasons = refused.map(({ path, failures }) => {
    const serials = path.map(({ serial }) => serial).join(' ← ')
    return `  ${serials}: ${firstOf(failures)
      .map(({ clause, index }) => `${clause} at ${index}`)
      .join(', ')}`
  })
  const lines = [
    `library: ${verdict.ok ? 'accepts' : `${verdict.code} ${verdict.index}: ${verdict.message}`}`,
    `specification: ${isAccepted ? `accepts ${accepted.map((path) => path.map(({ serial }) => serial).join(' ← ')).join('; ')}` : 'refuses'}`,
    ...reasons,
    ...described(call),
  ]
  return { verdict, disagreement: lines.join('\n') }
}

/**
 * The one known difference, in which the library refuses what the specification accepts: a caller that inhibits anyPolicy
 * inhibits it in an anchor as well, unless that is self-issued. RFC 5937 3.2 takes an anchor's anyPolicy for no limit, and
 * RFC 5280 6.1.1 (g) speaks of the certificates of the path. What the library accepts is never a known difference.
 */
function isKnownDifference({ policies }: Call, { accepted, refused }: Judgement, verdict: Verdict): boolean {
  if (verdict.ok || verdict.code !== 'policy_violation' || policies?.inhibitAnyPolicy !== true) return false
  return [...accepted, ...refused.map(({ path }) => path)].some((path) => {
    const anchor = path.at(-1)!
    return path.length > 1 && !isSelfIssued_6_1(anchor) && anchor.certificatePolicies?.value.includes(anyPolicy) === true
  })
}

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
