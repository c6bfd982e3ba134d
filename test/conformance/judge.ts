import {
  buildTruststore,
  type Policy,
  parseRevocationList,
  type RevocationCheck,
  TruststoreError,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'

/** The answer to a path validation case, with the code and message that explain it. */
export interface Judgement {
  readonly actual: 'accept' | 'reject'
  readonly detail: string
  readonly userPolicies?: readonly string[]
}

export function der(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'))
}

export function derOfPem(pem: string): Uint8Array {
  return der(pem.replace(/-----(BEGIN|END)[^-]*-----/g, ''))
}

export function verdictWord(accepted: boolean): 'accept' | 'reject' {
  return accepted ? 'accept' : 'reject'
}

/** A case of path validation as data, so that others can judge it too. */
export interface PathCase {
  readonly id: string
  readonly expected: 'accept' | 'reject'
  readonly policy: Policy
  readonly anchors: readonly Uint8Array[]
  /** Leaf first. */
  readonly chain: readonly Uint8Array[]
  readonly options: VerifyOptions
  /** Whether the expected verdict depends on revocation lists. */
  readonly isAboutRevocation?: boolean
}

export function judgeCase({ policy, anchors, chain, options }: PathCase): Judgement {
  return judge(policy, anchors, chain, options)
}

/** Verifies a chain (leaf first) with these anchors. Rejects it if no anchor is usable. */
export function judge(
  policy: Policy,
  anchors: readonly Uint8Array[],
  chain: readonly Uint8Array[],
  options: VerifyOptions,
): Judgement {
  try {
    const store = buildTruststore(anchors, { policy, ...(options.at !== undefined && { at: options.at }) })
    const verdict = verifyChain(store, chain, options)
    if (!verdict.ok) return { actual: 'reject', detail: `${verdict.code}: ${verdict.message}` }
    return { actual: 'accept', detail: 'accepted', ...(verdict.policies && { userPolicies: verdict.policies.userConstrained }) }
  } catch (error) {
    if (error instanceof TruststoreError) return { actual: 'reject', detail: `truststore: ${error.message}` }
    throw error
  }
}

/** Revocation with these lists. Lists that do not parse are ignored. */
export function revocationBy(lists: readonly Uint8Array[], options: Omit<RevocationCheck, 'lists'> = {}): RevocationCheck {
  const views = lists.map((list) => parseRevocationList(list)).flatMap((parsed) => (parsed.ok ? [parsed.value] : []))
  return { lists: views, ...options }
}
