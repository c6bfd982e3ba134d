import { type Policy, parseRevocationList, profiles } from '../../../src/index.ts'
import { refuseListAsEvidence } from '../../../src/x509/profile/profile.ts'
import type { RevocationListView } from '../../../src/x509/revocation-list.ts'
import { der, judge, revocationBy, verdictWord } from '../judge.ts'
import type { CaseResult, Suite } from '../suite.ts'

interface Revocation {
  readonly depth: 'EndEntity' | 'Chain'
  readonly unknownStatus: 'Allow' | 'Deny'
  readonly expiration: 'Enforce' | 'Ignore'
}

interface WebpkiCase {
  readonly id: string
  readonly usage: 'clientAuth' | 'serverAuth'
  readonly time: string
  readonly leaf: string
  readonly intermediates: readonly string[]
  readonly trustAnchors: readonly string[]
  readonly crls: readonly string[]
  readonly revocation: Revocation | null
  readonly expected: boolean
  readonly validNames?: readonly string[]
  readonly invalidNames?: readonly string[]
}

interface Webpki {
  readonly tests: readonly WebpkiCase[]
  readonly amazon: {
    readonly time: string
    readonly revocation: Revocation
    readonly pool: Readonly<
      Record<
        'roots' | 'legacyRoots' | 'rootsAsIntermediates' | 'intermediates' | 'rootCrls' | 'intermediateCrls',
        readonly string[]
      >
    >
    readonly leafs: Readonly<Record<string, string>>
    readonly tests: readonly {
      readonly id: string
      readonly host: string
      readonly crls: string
      readonly anchors: string
      readonly intermediates: string
      readonly expected: boolean
    }[]
  }
  readonly crlParse: readonly {
    readonly id: string
    readonly crl: string
    readonly expected?: boolean
    readonly error?: string | null
  }[]
}

/** Upstream's anchors are names and keys. */
const policy: Policy = {
  ...profiles.rfc5280,
  conformance: 'practical',
  trust: 'every-certificate',
  enforceAnchorConstraints: false,
}

function revocationOf(lists: readonly string[], { depth, unknownStatus, expiration }: Revocation) {
  return revocationBy(lists.map(der), {
    depth: depth === 'EndEntity' ? 'leaf' : 'chain',
    unknown: unknownStatus === 'Allow' ? 'allow' : 'refuse',
    expired: expiration === 'Ignore' ? 'allow' : 'refuse',
  })
}

export const suite: Suite = {
  name: 'webpki',
  files: ['webpki.json'],
  cases: 150,
  mapping: `Policy \`rfc5280\` with practical conformance, and anchors as names and keys. In the name constraint cases
the anchor’s constraints count, because upstream copies them into its anchors. Purpose and revocation are those of the
case. A case agrees if every valid name is accepted and every invalid one rejected. CRL parsing: a list is accepted if
it parses and can be used under strict conformance as a complete, direct list with a nextUpdate, an authority key
identifier and a number.`,
  *run(load): Iterable<CaseResult> {
    const data = load('webpki.json') as Webpki
    for (const test of data.tests) yield runCase(test)
    const { amazon } = data
    for (const test of amazon.tests) {
      const { pool } = amazon
      const lists =
        test.crls === 'none'
          ? []
          : test.crls === 'all'
            ? [...pool.rootCrls, ...pool.intermediateCrls]
            : pool[test.crls as 'rootCrls']
      const anchors = test.anchors === 'all' ? [...pool.roots, ...pool.legacyRoots] : pool[test.anchors as 'roots']
      const chain = [
        amazon.leafs[test.host]!,
        ...pool.intermediates,
        ...(test.intermediates === 'intermediates' ? [] : pool.rootsAsIntermediates),
      ]
      const { actual, detail } = judge(policy, anchors.map(der), chain.map(der), {
        at: new Date(amazon.time),
        purpose: 'server',
        serverName: test.host,
        ...(lists.length > 0 && { revocation: revocationOf(lists, amazon.revocation) }),
      })
      yield { id: test.id, expected: verdictWord(test.expected), actual, detail }
    }
    for (const test of data.crlParse) yield runList(test)
  },
}

function runCase(test: WebpkiCase): CaseResult {
  const { id, usage, revocation, validNames = [], invalidNames = [] } = test
  const constrained: Policy = { ...policy, enforceAnchorConstraints: id.startsWith('tls_server_certs/') }
  const run = (serverName?: string) =>
    judge(constrained, test.trustAnchors.map(der), [test.leaf, ...test.intermediates].map(der), {
      at: new Date(test.time),
      purpose: usage === 'serverAuth' ? 'server' : 'client',
      ...(serverName !== undefined && { serverName }),
      ...(revocation !== null && revocation !== undefined && { revocation: revocationOf(test.crls, revocation) }),
    })
  const { actual, detail } = run()
  const expected = verdictWord(test.expected)
  if (actual !== expected || actual === 'reject') return { id, expected, actual, detail }
  for (const name of validNames) {
    const named = run(name)
    if (named.actual !== 'accept') return { id, expected, actual: 'reject', detail: `${name}: ${named.detail}` }
  }
  for (const name of invalidNames) {
    if (run(name).actual === 'accept') return { id, expected, actual: 'accepts a wrong name', detail: name }
  }
  return { id, expected, actual, detail }
}

function runList({ id, crl, error }: Webpki['crlParse'][number]): CaseResult {
  const parsed = parseRevocationList(der(crl))
  const problem = parsed.ok ? problemAsComplete(parsed.value as RevocationListView) : parsed.message
  return {
    id: `crl/${id}`,
    expected: verdictWord(error === undefined || error === null),
    actual: verdictWord(problem === undefined),
    detail: problem ?? 'usable',
  }
}

function problemAsComplete(list: RevocationListView): string | undefined {
  if (list.algorithmsDiffer) return 'the signature algorithms differ'
  if (list.isDelta) return 'a delta list'
  if (list.nextUpdateTime === undefined) return 'no nextUpdate'
  return refuseListAsEvidence(list, 'strict')
}
