import { describe, expect, it } from 'vitest'
import { buildTruststore, verifyChain } from '../../../src/index.ts'
import { inspect, renderText } from '../../../src/inspect/index.ts'
import { context, integer, oid, sequence, tlv } from '../../support/der.ts'
import { ecdsaWithNull } from '../../support/deviating.ts'
import { keyPair, mint, mintCrl, privateKeyPem } from '../../support/mint.ts'
import { pemOf } from '../../support/pem.ts'

const root = mint({ subject: 'CN=root', ca: true })
const leaf = mint({ subject: 'CN=leaf' }, root)
const list = mintCrl({ issuer: root })

describe('what an input holds', () => {
  it('works with verifyChain', () => {
    const [listed] = inspect(mintCrl({ issuer: root, revoked: [{ serial: leaf.serial }] }).pem).revocationLists
    const [listedInDer] = inspect(list.der).revocationLists
    const store = buildTruststore(root.pem)
    expect(verifyChain(store, leaf.der, { revocation: { lists: [listed!] } })).toMatchObject({ code: 'revoked', index: 0 })
    expect(verifyChain(store, leaf.der, { revocation: { lists: [listedInDer!] } })).toMatchObject({ ok: true })
  })

  it('is found block by block, with the lines of the blocks', () => {
    const { text, certificates, revocationLists, faults } = inspect(`# a comment\n${root.pem}${list.pem}\n${leaf.pem}`)
    expect(certificates.map(({ subject }) => subject)).toEqual(['CN=root', 'CN=leaf'])
    expect(revocationLists.map(({ issuer }) => issuer)).toEqual(['CN=root'])
    expect(faults).toEqual([])
    const lines = root.pem.split('\n').length - 1
    expect(text.match(/^Block .*/gm)).toEqual([
      'Block 1, line 2: CERTIFICATE',
      `Block 2, line ${2 + lines}: X509 CRL`,
      `Block 3, line ${2 + lines + list.pem.split('\n').length}: CERTIFICATE`,
    ])
    expect(text.indexOf('CN=root')).toBeLessThan(text.indexOf('CN=leaf'))
  })

  it('has its deviations from DER at the end', () => {
    const bent = mint({ subject: 'CN=leaf', signatureAlgorithm: ecdsaWithNull }, root)
    expect(inspect(bent.pem).text).toMatch(/\n +Deviations from DER:\n +ecdsa_null_parameters \(byte \d+\)\n*$/)
    const bentList = mintCrl({ issuer: root, emptyRevoked: true })
    expect(inspect(bentList.pem).text).toMatch(/\n +Deviations from DER:\n +empty_revoked_certificates \(byte \d+\)\n*$/)
    expect(inspect(leaf.pem + list.pem).text).not.toContain('Deviations')
  })

  it('shows no private key, wherever it is', () => {
    const pkcs8 = new Uint8Array(Buffer.from(privateKeyPem(keyPair('p256', 5)).replace(/-----[^-]+-----|\s/g, ''), 'base64'))
    const scalar = Buffer.from(pkcs8.subarray(36, 68)).toString('hex')
    const octets = (content: Uint8Array): Uint8Array => tlv(0x04, content)
    const bag = sequence(oid('1.2.840.113549.1.12.10.1.1'), context(0, pkcs8))
    const safe = sequence(sequence(oid('1.2.840.113549.1.7.1'), context(0, octets(sequence(bag)))))
    const pkcs12 = sequence(integer(3), sequence(oid('1.2.840.113549.1.7.1'), context(0, octets(safe))))
    for (const der of [pkcs8, pkcs12, sequence(octets(pkcs8)), sequence(sequence(octets(octets(pkcs8))))]) {
      for (const input of [der, pemOf('CERTIFICATE', der), pemOf('STRANGE', der)]) {
        const { text } = inspect(input)
        expect(text).toContain('private keys are not shown')
        expect(text.toLowerCase().replace(/[^0-9a-f]/g, '')).not.toContain(scalar.slice(0, 16))
      }
    }
  })

  it('is described in JSON values', () => {
    expect(JSON.parse(JSON.stringify(inspect(leaf.pem).certificates))).toMatchObject([{ subject: 'CN=leaf' }])
  })

  it('that cannot be read is a fault beside what can', () => {
    const broken = leaf.pem.replace(/\n[^-]/, '\n!')
    const bent = pemOf(
      'CERTIFICATE',
      Uint8Array.from(leaf.der, (byte, i) => (i === 4 ? 0x31 : byte)),
    )
    const { text, certificates, faults } = inspect(root.pem + broken + bent)
    expect(certificates).toHaveLength(1)
    expect(faults).toEqual([
      {
        code: 'pem_bad_base64',
        message: expect.stringContaining('not base64'),
        offset: expect.any(Number),
        line: expect.any(Number),
      },
      {
        code: 'unexpected_tag',
        message: 'tbsCertificate: this element is not expected here (byte 4)',
        offset: 4,
        line: expect.any(Number),
      },
    ])
    for (const { message } of faults) expect(text).toContain(message)
    expect(text).toContain('SEQUENCE\n      SET\n')
  })

  it('that is DER of another kind is drawn', () => {
    const { text, faults } = inspect(keyPair('p256').spki)
    expect(faults).toMatchObject([{ code: 'unexpected_tag', offset: 4 }])
    expect(text).toMatch(/^serialNumber.*\n {4}SEQUENCE\n {6}SEQUENCE\n {8}OBJECT IDENTIFIER 1.2.840.10045.2.1\n/)
    expect(renderText(pemOf('PUBLIC KEY', keyPair('p256').spki))).toContain('OBJECT IDENTIFIER 1.2.840.10045.3.1.7')
  })

  it('reports the fault of what the bytes were meant to be', () => {
    const extensions = [{ oid: '2.5.29.20', value: Uint8Array.of(2, 1, 0x80) }]
    const { faults } = inspect(mintCrl({ issuer: root, crlNumber: null, extensions }).der)
    expect(faults).toMatchObject([{ code: 'bad_integer', message: expect.stringMatching(/^cRLNumber: /) }])
  })

  it.each(['rsa2048', 'p256', 'ed25519'] as const)('never shows a private key: %s', (kind) => {
    const key = keyPair(kind, 1)
    const der = new Uint8Array(key.privateKey.export({ type: 'pkcs8', format: 'der' }))
    const inputs = [privateKeyPem(key), der, pemOf('SOMETHING', der), pemOf('CERTIFICATE', der)]
    for (const input of inputs) {
      const { text, faults } = inspect(input)
      expect(text).toContain('private keys are not shown')
      expect(text).not.toContain('OCTET STRING')
      expect(faults).toHaveLength(1)
    }
  })

  it.each([
    ['', 'empty_input'],
    ['hello', 'pem_missing'],
    [new Uint8Array(), 'empty_input'],
    [Buffer.from('<html>'), 'pem_missing'],
  ] as const)('%j: nothing', (input, code) => {
    const { text, faults } = inspect(input)
    expect(faults).toEqual([{ code, message: expect.any(String), offset: 0 }])
    expect(text).not.toBe('')
  })
})

describe('bounds of the text', () => {
  it('cut it, and say so', () => {
    const whole = renderText(leaf.pem)
    const cut = renderText(leaf.pem, { maxLength: 500 })
    const notice = '(cut: the text is longer than 500 characters)\n'
    expect(cut.endsWith(notice)).toBe(true)
    const kept = cut.slice(0, -notice.length)
    expect(whole.startsWith(kept)).toBe(true)
    expect(kept.length).toBeGreaterThan(400)
    expect(kept.length).toBeLessThanOrEqual(500)
    expect(renderText(leaf.pem, { maxLength: whole.length })).toBe(whole)
  })

  it('must be whole numbers, and known', () => {
    expect(() => renderText(leaf.pem, { maxLength: -1 })).toThrow(TypeError)
    expect(() => renderText(leaf.pem, { maxEntries: 1.5 })).toThrow('options.maxEntries must be a whole number, got 1.5')
    expect(() => renderText(leaf.pem, { maxLines: 1 } as never)).toThrow('options.maxLines is not an option')
    expect(() => renderText(5 as never)).toThrow(TypeError)
    expect(() => renderText({ subject: 'CN=a' } as never)).toThrow(TypeError)
  })
})
