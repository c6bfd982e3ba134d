import { type Policy, parseRevocationList, profiles } from '../../../src/index.ts'
import { refuseListAsEvidence } from '../../../src/x509/profile/profile.ts'
import type { RevocationListView } from '../../../src/x509/revocation-list.ts'
import { der, judgeCase, type PathCase, revocationBy, verdictWord } from '../judge.ts'
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
    for (const test of amazonCases(data.amazon)) {
      const { actual, detail } = judgeCase(test)
      yield { id: test.id, expected: test.expected, actual, detail }
    }
    for (const test of data.crlParse) yield runList(test)
  },
}

/** The case without a name, then with each name, of which all must be accepted or none. */
function casesOf(test: WebpkiCase): readonly [PathCase, ...PathCase[]] {
  const { id, usage, revocation, validNames = [], invalidNames = [] } = test
  const hasRevocation = revocation !== null && revocation !== undefined
  const whole: PathCase = {
    id,
    expected: verdictWord(test.expected),
    policy: { ...policy, enforceAnchorConstraints: id.startsWith('tls_server_certs/') },
    anchors: test.trustAnchors.map(der),
    chain: [test.leaf, ...test.intermediates].map(der),
    options: {
      at: new Date(test.time),
      purpose: usage === 'serverAuth' ? 'server' : 'client',
      ...(hasRevocation && { revocation: revocationOf(test.crls, revocation) }),
    },
    isAboutRevocation: hasRevocation,
  }
  const named = (serverName: string, isValid: boolean): PathCase => {
    const expected = verdictWord(isValid && test.expected)
    return { ...whole, id: `${id} ${serverName}`, expected, options: { ...whole.options, serverName } }
  }
  return [whole, ...validNames.map((name) => named(name, true)), ...invalidNames.map((name) => named(name, false))]
}

export function* pathCases(load: (file: string) => unknown): Iterable<PathCase> {
  const { tests, amazon } = load('webpki.json') as Webpki
  for (const test of tests) yield* casesOf(test)
  yield* amazonCases(amazon)
}

function* amazonCases({ pool, leafs, time, revocation, tests }: Webpki['amazon']): Iterable<PathCase> {
  for (const { id, host, crls, anchors, intermediates, expected } of tests) {
    const lists = crls === 'none' ? [] : crls === 'all' ? [...pool.rootCrls, ...pool.intermediateCrls] : pool[crls as 'rootCrls']
    yield {
      id,
      expected: verdictWord(expected),
      policy,
      anchors: (anchors === 'all' ? [...pool.roots, ...pool.legacyRoots] : pool[anchors as 'roots']).map(der),
      chain: [leafs[host]!, ...pool.intermediates, ...(intermediates === 'intermediates' ? [] : pool.rootsAsIntermediates)].map(
        der,
      ),
      options: {
        at: new Date(time),
        purpose: 'server',
        serverName: host,
        ...(lists.length > 0 && { revocation: revocationOf(lists, revocation) }),
      },
      isAboutRevocation: lists.length > 0,
    }
  }
}

function runCase(test: WebpkiCase): CaseResult {
  const [whole, ...named] = casesOf(test)
  const { id, expected } = whole
  const { actual, detail } = judgeCase(whole)
  if (actual !== expected || actual === 'reject') return { id, expected, actual, detail }
  for (const each of named) {
    const judged = judgeCase(each)
    const name = each.options.serverName!
    if (each.expected === 'reject' && judged.actual === 'accept')
      return { id, expected, actual: 'accepts a wrong name', detail: name }
    if (judged.actual !== each.expected) return { id, expected, actual: 'reject', detail: `${name}: ${judged.detail}` }
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
