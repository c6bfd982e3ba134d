import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LintCode, lintTruststore, type Policy, profiles } from '../../../src/index.ts'
import { cyclesIn } from '../../../src/lint/graph.ts'
import { type CertificateSpec, keyPair, type Minted, mint } from '../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })

function ca(name: string, issuer?: Minted, spec: CertificateSpec = {}): Minted {
  return mint({ ca: true, subject: `CN=${name}`, ...spec }, issuer)
}

/** Subjects and messages of one code's findings. */
function found(code: LintCode, certificates: readonly Minted[], policy: Policy = profiles.apiGateway): readonly string[] {
  const { findings } = lintTruststore(
    certificates.map(({ der }) => der),
    { policy },
  )
  return findings.filter((finding) => finding.code === code).map(({ subject, message }) => `${subject}: ${message}`)
}

describe('path lengths', () => {
  const two = ca('Two', undefined, { pathLength: 1 })
  const one = ca('One', two)
  const none = ca('None', one)

  it('are reported with the CA whose path length is exceeded', () => {
    expect(found('pathlen_blocks_existing_child', [two, one])).toEqual([])
    expect(found('pathlen_blocks_existing_child', [two, one, none])).toEqual([
      'CN=None: path length 1 of CN=Two does not allow this CA',
    ])
  })

  it('are those of the nearest CA if it is stricter', () => {
    const strict = ca('Strict', two, { pathLength: 0 })
    expect(found('pathlen_blocks_existing_child', [two, strict, ca('Below', strict)])).toEqual([
      'CN=Below: path length 0 of CN=Strict does not allow this CA',
    ])
  })

  it('do not block what another path has room for', () => {
    const cross = mint({ ca: true, subject: 'CN=One', key: one.key }, root)
    expect(found('pathlen_blocks_existing_child', [two, one, none, root, cross])).toEqual([])
    expect(found('pathlen_blocks_existing_child', [none, cross, one, root, two])).toEqual([])
  })

  it('do not count the next key of a CA', () => {
    const rolled = mint({ ca: true, subject: 'CN=Two' }, two)
    expect(found('pathlen_blocks_existing_child', [two, rolled, ca('Sub', rolled)])).toEqual([])
    expect(found('pathlen_blocks_existing_child', [two, rolled, ca('A', rolled), ca('B', ca('A', rolled))])).toEqual([])
  })

  it('of an anchor count only where the policy counts them, and nowhere where every CA is an anchor', () => {
    const lax = { ...profiles.apiGateway, enforceAnchorConstraints: false }
    expect(found('pathlen_blocks_existing_child', [two, one, none], lax)).toEqual([])
    expect(found('pathlen_blocks_existing_child', [two, one, none], { ...profiles.apiGateway, trust: 'every-ca' })).toEqual([])
  })

  it('are linted if the root is missing', () => {
    const top = ca('Top', root, { pathLength: 0 })
    expect(found('pathlen_blocks_existing_child', [top, ca('Low', top)])).toHaveLength(1)
  })
})

describe('depth', () => {
  const tower = [root]
  while (tower.length < 6) tower.push(ca(`Level ${tower.length}`, tower[tower.length - 1]))

  it('is that of the shortest chain', () => {
    expect(found('chain_too_deep', tower)).toEqual([
      'CN=Level 4: 5 CA certificates up to a root, at most 4 are accepted above a client',
      'CN=Level 5: 6 CA certificates up to a root, at most 4 are accepted above a client',
    ])
    const short = mint({ ca: true, subject: 'CN=Level 4', key: tower[4]!.key }, root)
    expect(found('chain_too_deep', [...tower, short])).toHaveLength(1)
  })

  it('is what the policy says', () => {
    expect(found('chain_too_deep', tower, { ...profiles.apiGateway, maxChainLength: 6 })).toEqual([])
    expect(found('chain_too_deep', tower, { ...profiles.apiGateway, trust: 'every-ca' })).toEqual([])
  })
})

describe('broken chains', () => {
  it('name what is missing at their upper end, from however deep below', () => {
    const top = ca('Top', root)
    const middle = ca('Middle', top)
    const low = ca('Low', middle)
    const message = 'no chain to a root: the issuer of CN=Top is missing: CN=Root'
    expect(found('unreachable_intermediate', [low, middle, top])).toEqual([`CN=Low: ${message}`, `CN=Middle: ${message}`])
    const keyId = Buffer.from(root.keyId!).toString('hex')
    expect(found('incomplete_chain', [low, middle, top])).toEqual([
      `CN=Top: its issuer is not in the truststore: CN=Root, key id ${keyId}`,
    ])
    expect(found('unreachable_intermediate', [low, middle, top, root])).toEqual([])
  })

  it('are found below a certificate that was left out', () => {
    const forged = ca('Forged', root, { signWith: keyPair('p256', 9) })
    expect(found('incomplete_chain', [root, forged, ca('Below', forged)])).toHaveLength(1)
  })
})

describe('cycles of cross-signatures', () => {
  const a = ca('A')
  const b = ca('B')
  const c = ca('C')
  const signed = (subject: Minted, issuer: Minted): Minted =>
    mint({ ca: true, subject: subject.subject, key: subject.key }, issuer)

  it('are found through any number of CAs', () => {
    expect(found('cross_sign_cycle', [a, b, c, signed(a, b), signed(b, c), signed(c, a)])).toEqual([
      'CN=A: is in a cycle of cross-signatures with CN=B and 1 more',
      'CN=B: is in a cycle of cross-signatures with CN=A and 1 more',
      'CN=C: is in a cycle of cross-signatures with CN=A and 1 more',
    ])
  })

  it('are not reported if a chain only branches and joins', () => {
    expect(found('cross_sign_cycle', [a, b, c, signed(a, b), signed(b, c), signed(a, c)])).toEqual([])
  })

  it("are not reported if a CA's old and new keys certify each other", () => {
    const next = mint({ ca: true, subject: 'CN=A' })
    const newWithOld = mint({ ca: true, subject: 'CN=A', key: next.key }, a)
    const oldWithNew = mint({ ca: true, subject: 'CN=A', key: a.key }, next)
    expect(found('cross_sign_cycle', [a, next, newWithOld, oldWithNew])).toEqual([])
  })
})

describe('purposes', () => {
  const servers = ca('Servers', root, { extendedKeyUsage: ['serverAuth'] })
  const below = ca('Below', servers)

  it('are inherited, and those of another path count as well', () => {
    expect(found('issuer_eku_excludes_client_auth', [root, servers, below])).toEqual([
      'CN=Below: is below CAs whose extendedKeyUsage excludes clientAuth, the nearest CN=Servers',
    ])
    const free = mint({ ca: true, subject: 'CN=Below', key: below.key }, root)
    expect(found('issuer_eku_excludes_client_auth', [root, servers, below, ca('Deep', below), free])).toHaveLength(1)
  })

  it('are ignored if the policy is for servers', () => {
    const policy: Policy = { ...profiles.apiGateway, purpose: 'server' }
    expect(found('ca_eku_excludes_client_auth', [root, servers, below], policy)).toEqual([])
    expect(found('issuer_eku_excludes_client_auth', [root, servers, below], policy)).toEqual([])
  })
})

describe('a chain of three hundred CAs', () => {
  it('is judged to its end', () => {
    const link = ({ subject, issuer }: { subject: string; issuer: string }): Uint8Array =>
      mint({ ca: true, key: keyPair('p256', 7), subject, issuer, signWith: keyPair('p256', 7) }).der
    const ders = Array.from({ length: 300 }, (_, i) => link({ subject: `CN=L${i}`, issuer: `CN=L${Math.max(0, i - 1)}` }))
    const { findings } = lintTruststore(ders)
    expect(findings.filter(({ code }) => code === 'chain_too_deep')).toHaveLength(296)
  })
})

type Edges = readonly (readonly number[])[]

function cycles(edges: Edges): ReadonlyMap<number, readonly number[]> {
  const nodes = edges.map((_, node) => node)
  return cyclesIn(nodes, (node) => edges[node]!)
}

/** Whether there is a path of at least one edge, by trying all. */
function leads(edges: Edges, from: number, to: number): boolean {
  const seen = new Set<number>()
  const open = [...edges[from]!]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === to) return true
    if (seen.has(node)) continue
    seen.add(node)
    open.push(...edges[node]!)
  }
  return false
}

describe('cyclesIn', () => {
  it('finds cycles, and not what is attached to them', () => {
    const found = cycles([[1], [2], [0], [0], [4], []])
    expect([...found.keys()].sort()).toEqual([0, 1, 2])
    expect([...found.get(1)!].sort()).toEqual([0, 1, 2])
  })

  it('does not exhaust the stack', () => {
    const length = 100_000
    const ring = Array.from({ length }, (_, i) => [(i + 1) % length])
    expect(cycles(ring).size).toBe(length)
  })

  it('agrees with trying every pair', () => {
    const graphs = fc.integer({ min: 1, max: 7 }).chain((size) => {
      const targets = fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 })
      return fc.array(targets, { minLength: size, maxLength: size })
    })
    fc.assert(
      fc.property(graphs, (edges) => {
        const found = cycles(edges)
        for (const a of edges.keys()) {
          for (const b of edges.keys()) {
            const together = a !== b && leads(edges, a, b) && leads(edges, b, a)
            if (a !== b) expect(found.get(a)?.includes(b) ?? false).toBe(together)
          }
        }
      }),
    )
  })
})
