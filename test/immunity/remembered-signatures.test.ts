import { describe, expect, it } from 'vitest'
import { curves } from '../../src/crypto/curve/curves.ts'
import {
  buildTruststore,
  type Policy,
  parseCertificate,
  profiles,
  pureSignatures,
  type SignatureBackend,
  type Truststore,
  type VerifyOptions,
  verifyChain,
} from '../../src/index.ts'
import { requireTruststore } from '../../src/truststore/store.ts'
import { CountingSignatures } from '../support/counting-signatures.ts'
import { integer, sequence } from '../support/der.ts'
import { keyPair, type Minted, mint } from '../support/mint.ts'
import { valueIn } from '../support/refusal.ts'
import { leafKey, presented, root } from '../support/rejected-chain.ts'
import { listOf, rootList } from '../support/revocable.ts'
import { judge } from './judge.ts'

/** The truststore remembers that a key signed these bytes, and their parsed form, but never a verdict. */

const day = 86_400_000
const now = Math.floor(Date.now() / 1000) * 1000

interface Setting {
  readonly counting: CountingSignatures
  readonly store: Truststore
}

/** A truststore of the root, and the number of signature checks since it was built. */
function settingFor(policy: Policy = presented, ...certificates: readonly Minted[]): Setting {
  const counting = new CountingSignatures()
  const listed = certificates.length === 0 ? [root] : certificates
  const store = buildTruststore(
    listed.map(({ der }) => der),
    { policy, signatures: counting },
  )
  counting.verified = 0
  return { counting, store }
}

const client = mint({ key: leafKey, subject: 'O=Verify,CN=Client', notAfter: new Date(now + 30 * day) }, root)
const middle = mint(
  { ca: true, key: keyPair('p256', 31), subject: 'O=Verify,CN=Middle', notAfter: new Date(now + 20 * day) },
  root,
)
const below = mint({ key: leafKey, subject: 'O=Verify,CN=Below', notAfter: new Date(now + 200 * day) }, middle)

describe('a client that was accepted before', () => {
  it('is accepted again without a signature check', () => {
    const { counting, store } = settingFor()
    for (let i = 0; i < 5; i++) expect(judge(store, [client])).toBe('accepted')
    expect(counting.verified).toBe(1)
    for (let i = 0; i < 5; i++) expect(judge(store, [below, middle])).toBe('accepted')
    expect(counting.verified).toBe(4)
  })

  it.each<readonly [string, VerifyOptions, string]>([
    ['expired', { at: now + 31 * day }, 'expired 0'],
    ['not yet valid', { at: now - 400 * day }, 'not_yet_valid 0'],
    ['not valid for the purpose', { purpose: 'server' }, 'extended_key_usage_violation 0'],
    ['revoked', { revocation: { lists: [listOf({ revoked: [{ serial: client.serial }] }, root)] } }, 'revoked 0'],
  ])('is rejected when it is now %s', (_what, options, expected) => {
    const { counting, store } = settingFor()
    const own = mint(
      { ...client.spec, subject: client.subject, serial: client.serial, key: leafKey, extendedKeyUsage: ['clientAuth'] },
      root,
    )
    expect([judge(store, [own]), judge(store, [own])]).toEqual(['accepted', 'accepted'])
    expect(counting.verified).toBe(1)
    expect(judge(store, [own], options)).toBe(expected)
    expect(judge(store, [own])).toBe('accepted')
  })

  it('is unknown to another truststore, even one with the same certificates', () => {
    const [one, two] = [settingFor(), settingFor()]
    expect([judge(one.store, [client]), judge(two.store, [client])]).toEqual(['accepted', 'accepted'])
    expect([one.counting.verified, two.counting.verified]).toEqual([1, 1])
    const namesake = mint({ ca: true, key: keyPair('p256', 32), subject: root.subject })
    expect(judge(settingFor(presented, namesake).store, [client])).not.toBe('accepted')
  })

  it('is not confused with one that differs in one bit', () => {
    const { store } = settingFor()
    expect(judge(store, [client])).toBe('accepted')
    for (let at = 0; at < client.der.length - 4; at += 3) {
      const bent = client.der.with(at, client.der[at]! ^ 1)
      if (verifyChain(store, [bent]).ok) expect.fail(`byte ${at}`)
    }
  })

  it('is not remembered if its signature was invalid', () => {
    const { counting, store } = settingFor()
    const forged = mint({ key: leafKey, subject: 'O=Verify,CN=Client', signWith: keyPair('p256', 33) }, root)
    const first = judge(store, [forged])
    expect(first).not.toBe('accepted')
    expect([judge(store, [forged]), judge(store, [forged])]).toEqual([first, first])
    expect(counting.verified).toBe(3)
  })

  it('cannot fill the memo with the second form of its ECDSA signature', () => {
    const { counting, store } = settingFor()
    expect(judge(store, [below, middle])).toBe('accepted')
    const { n } = curves['P-256']
    const other = mint(
      {
        ...client.spec,
        subject: client.subject,
        issuer: root.subject,
        serial: client.serial,
        bend: (der) => der,
      },
      root,
    )
    const forms = [other.der, withOtherS(other.der, n)]
    for (let i = 0; i < 3000; i++) for (const der of forms) if (!verifyChain(store, [der]).ok) expect.fail(`call ${i}`)
    const before = counting.verified
    expect(before).toBe(2 + forms.length)
    expect(judge(store, [below, middle])).toBe('accepted')
    // At most the signature on the intermediate is computed again.
    expect(counting.verified).toBeLessThanOrEqual(before + 1)
  })
})

describe('a remembered client', () => {
  /** Three calls: the first remembers the signature, the second the parsed certificate. */
  const accept = (setting: Setting, chain: readonly Minted[] = [client]): void => {
    for (let i = 0; i < 3; i++) expect(judge(setting.store, chain)).toBe('accepted')
  }

  it('is the same certificate in all verdicts, with the presented bytes', () => {
    const { store } = settingFor()
    const leaves = Array.from({ length: 4 }, () => {
      const verdict = verifyChain(store, client.der.slice())
      return verdict.ok ? verdict.leaf : expect.fail(verdict.message)
    })
    for (const leaf of leaves) expect(leaf.raw).toEqual(new Uint8Array(client.der))
    for (const leaf of leaves) expect(JSON.stringify(leaf)).toBe(JSON.stringify(leaves[0]))
    expect(leaves[3]).toBe(leaves[1])
  })

  it.each<readonly [string, VerifyOptions, string]>([
    ['expired', { at: now + 31 * day }, 'expired 0'],
    ['not yet valid', { at: now - 400 * day }, 'not_yet_valid 0'],
    ['not valid for the purpose', { purpose: 'server' }, 'extended_key_usage_violation 0'],
    ['another server', { serverName: 'other.example', purpose: 'any' }, 'name_mismatch 0'],
    ['revoked', { revocation: { lists: [listOf({ revoked: [{ serial: client.serial }] }, root)] } }, 'revoked 0'],
    ['without a required policy', { certificatePolicies: { requireExplicitPolicy: true } }, 'policy_violation 0'],
  ])('is rejected when it is now %s', (_what, options, expected) => {
    const setting = settingFor()
    const own = mint(
      { ...client.spec, subject: client.subject, serial: client.serial, key: leafKey, extendedKeyUsage: ['clientAuth'] },
      root,
    )
    accept(setting, [own])
    expect(setting.counting.verified).toBe(1)
    for (let i = 0; i < 2; i++) {
      expect(judge(setting.store, [own], options)).toBe(expected)
      expect(judge(setting.store, [own])).toBe('accepted')
    }
  })

  it('does not change with the caller’s buffer, nor with the parts of a verdict', () => {
    const setting = settingFor()
    const forged = mint({ ...client.spec, subject: 'O=Verify,CN=Forged', signWith: keyPair('p256', 33) }, root)
    const buffer = new Uint8Array(Math.max(client.der.length, forged.der.length))
    const judgeIn = ({ der }: Minted): ReturnType<typeof verifyChain> => {
      buffer.set(der)
      return verifyChain(setting.store, buffer.subarray(0, der.length))
    }
    for (let i = 0; i < 4; i++) {
      const verdict = judgeIn(client)
      if (!verdict.ok) expect.fail(verdict.message)
      expect(judgeIn(forged).ok).toBe(false)
      buffer.fill(0)
      expect(verdict.leaf.subject).toBe('CN=Client,O=Verify')
      const { leaf } = verdict
      for (const part of [leaf.raw, leaf.tbs, leaf.subjectPublicKeyInfo]) part.set(forged.der.subarray(0, 40), 4)
      Object.assign(leaf.publicKey, { algorithm: 'RSA', bits: 512 })
      leaf.notAfter.setTime(0)
    }
    expect(judge(setting.store, [client])).toBe('accepted')
    expect(setting.counting.verified).toBe(5)
  })

  it('is not confused with one that differs in one bit, including the signature', () => {
    const setting = settingFor()
    accept(setting)
    for (let at = 0; at < client.der.length; at++) {
      const bent = client.der.with(at, client.der[at]! ^ 1)
      if (verifyChain(setting.store, bent).ok) expect.fail(`byte ${at}`)
    }
    expect(judge(setting.store, [client])).toBe('accepted')
  })

  it('is shared with no other truststore, backend or policy', () => {
    const setting = settingFor()
    accept(setting)
    const verdict = verifyChain(setting.store, client.der)
    const other = settingFor()
    const elsewhere = verifyChain(other.store, client.der)
    if (!verdict.ok || !elsewhere.ok) expect.fail('refused')
    expect(verdict.leaf).not.toBe(elsewhere.leaf)
    expect(other.counting.verified).toBe(1)
    const refusing: SignatureBackend = {
      name: 'refusing',
      importKey: (...given) => {
        const key = pureSignatures.importKey(...given)
        const { tbs } = verdict.leaf
        return key && { verify: (...signed) => !Buffer.from(signed[1]).equals(tbs) && key.verify(...signed) }
      },
    }
    expect(judge(buildTruststore(root.der, { policy: presented, signatures: refusing }), [client])).toBe('signature_mismatch 0')
    const strongRoot = mint({ ca: true, key: keyPair('p384'), subject: root.subject })
    expect(judge(settingFor({ ...presented, curves: ['P-384'] }, strongRoot).store, [client])).toBe('unsupported_curve 0')
  })

  it('is not displaced by unknown clients, which are not remembered', () => {
    const setting = settingFor()
    accept(setting)
    const leafOf = (): unknown => {
      const verdict = verifyChain(setting.store, client.der)
      return verdict.ok ? verdict.leaf : expect.fail(verdict.message)
    }
    const leaf = leafOf()
    const forged = mint({ key: leafKey, subject: 'O=Verify,CN=Forged', signWith: keyPair('p256', 33) }, root)
    const nobody = mint({ key: leafKey, subject: 'O=Verify,CN=Nobody' })
    for (let i = 0; i < 3000; i++) {
      for (const { der } of [forged, nobody]) {
        const bytes = new Uint8Array(der)
        // Changes s and keeps its encoding valid.
        new DataView(bytes.buffer).setUint32(bytes.length - 4, Math.imul(i, 0x9e3779b1))
        if (i < 300 || der === nobody.der) expect(verifyChain(setting.store, bytes).ok).toBe(false)
      }
    }
    expect(leafOf()).toBe(leaf)
    const memo = requireTruststore(setting.store, 'store').cache.memo
    for (const part of [memo.signatures, memo.views]) expect(part.young.size + part.old.size).toBe(1)
  })

  it('loses no memory for tables to keys of unknown CAs, which get none', () => {
    const roomy = new Set<string>()
    const noted: SignatureBackend = {
      name: 'noted',
      importKey: (spki, tables) => {
        if (tables?.hasRoom(1) === true) roomy.add(Buffer.from(spki).toString('hex'))
        return pureSignatures.importKey(spki, tables)
      },
    }
    const store = buildTruststore(root.der, { policy: presented, signatures: noted })
    const spkiOf = ({ der }: Minted): string => Buffer.from(valueIn(parseCertificate(der)).subjectPublicKeyInfo).toString('hex')
    const imitation = mint({ ca: true, key: keyPair('p256', 34), subject: middle.subject })
    judge(store, [below, imitation, mint({ ca: true, key: keyPair('p256', 35), subject: 'CN=Nobody' })])
    expect([...roomy]).toEqual([spkiOf(root)])
    expect(judge(store, [below, middle])).toBe('accepted')
    expect([...roomy]).toEqual([spkiOf(root), spkiOf(middle)])
  })

  it('is verified with its CA, which is remembered as well', () => {
    const setting = settingFor()
    accept(setting, [below, middle])
    const verdict = verifyChain(setting.store, [below.der, middle.der])
    const again = verifyChain(setting.store, [below.der, middle.der])
    if (!verdict.ok || !again.ok) expect.fail('refused')
    expect(again.path).toEqual(verdict.path)
    for (let i = 0; i < 3; i++) expect(again.path[i]).toBe(verdict.path[i])
    expect(judge(setting.store, [below])).not.toBe('accepted')
    expect(judge(setting.store, [below, middle], { at: now + 21 * day })).toBe('expired 1')
  })
})

describe('a presented CA that was accepted before', () => {
  const accept = (): Setting => {
    const setting = settingFor()
    for (let i = 0; i < 3; i++) expect(judge(setting.store, [below, middle])).toBe('accepted')
    return setting
  }

  it('is rejected when it has expired, or is not yet valid', () => {
    const { store } = accept()
    expect(judge(store, [below, middle], { at: now + 21 * day })).toBe('expired 1')
    expect(judge(store, [below, middle], { at: now - 2 * day })).not.toBe('accepted')
  })

  it('is rejected when it is revoked', () => {
    const { store } = accept()
    const lists = [listOf({ revoked: [{ serial: middle.serial }] }, root), listOf({}, middle)]
    expect(judge(store, [below, middle], { revocation: { lists } })).toBe('revoked 1')
    expect(judge(store, [below, middle], { revocation: { lists: [rootList, listOf({}, middle)] } })).toBe('accepted')
  })

  it('is no trust anchor: its clients are rejected without it, and with another CA of its name', () => {
    const { store } = accept()
    expect(judge(store, [below])).not.toBe('accepted')
    const namesake = mint({ ca: true, key: keyPair('p256', 31), subject: middle.subject, authorityKeyId: false })
    expect(judge(store, [below, namesake])).not.toBe('accepted')
    const child = mint({ key: leafKey }, namesake)
    expect(judge(store, [child, namesake])).not.toBe('accepted')
  })

  it('does not make a certificate with its key an issuer', () => {
    const { store } = accept()
    const noCa = mint({ key: keyPair('p256', 31), subject: middle.subject }, root)
    expect(judge(store, [below, noCa])).not.toBe('accepted')
    const noUse = mint({ ca: true, key: keyPair('p256', 31), subject: middle.subject, keyUsage: ['digitalSignature'] }, root)
    expect(judge(store, [below, noUse])).not.toBe('accepted')
    const constrained = mint(
      { ca: true, key: keyPair('p256', 31), subject: middle.subject, nameConstraints: { permitted: [{ directory: 'O=Other' }] } },
      root,
    )
    expect(judge(store, [below, constrained])).not.toBe('accepted')
  })

  it('is not used if the policy ignores presented certificates', () => {
    const { store } = settingFor({ ...profiles.apiGateway })
    for (let i = 0; i < 3; i++) expect(judge(store, [below, middle])).not.toBe('accepted')
  })

  it('is not remembered from rejected chains', () => {
    const { counting, store } = settingFor()
    const strange = mint({ ca: true, key: keyPair('p256', 34), subject: 'O=Verify,CN=Middle' })
    const child = mint({ key: leafKey }, strange)
    for (let i = 0; i < 3; i++) expect(judge(store, [child, strange])).not.toBe('accepted')
    const once = counting.verified
    expect(judge(store, [child, strange])).not.toBe('accepted')
    expect(counting.verified - once).toBe(once / 3)
  })
})

/** The certificate with n − s instead of s, which is also a valid signature. */
function withOtherS(der: Uint8Array, n: bigint): Uint8Array {
  // The BIT STRING at the end: 03 len 00, then SEQUENCE of two INTEGERs.
  const text = Buffer.from(der).toString('hex')
  const match = /03(..)0030(..)02(..)/.exec(text.slice(-2 * 76))
  if (match === null) throw new Error('no signature at the end')
  const at = der.length - 76 + match.index / 2
  const rEnd = at + 7 + der[at + 6]!
  const hexOf = (start: number, end: number): bigint => BigInt(`0x${Buffer.from(der.subarray(start, end)).toString('hex')}`)
  const r = hexOf(at + 7, rEnd)
  const s = hexOf(rEnd + 2, der.length)
  const signature = sequence(integer(r), integer(n - s))
  const bitString = Uint8Array.from([0x03, signature.length + 1, 0, ...signature])
  return sequence(der.subarray(4, at), bitString)
}
