import { fromBER } from 'asn1js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePem, parseCertificate, parseRevocationList } from '../../src/index.ts'
import { chainRecipe, mintChain, name } from '../support/arbitraries.ts'
import { keyPair, mint, mintCrl } from '../support/mint.ts'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

const leaf = chainRecipe.map((recipe) => mintChain(recipe).at(-1)!)

describe('parsing and encoding returns the same bytes', () => {
  it('for certificates', () => {
    fc.assert(
      fc.property(leaf, ({ der, pem }) => {
        const parsed = parseCertificate(der)
        if (!parsed.ok) throw new Error(parsed.message)
        expect(hex(parsed.value.raw)).toBe(hex(der))
        expect(parsed.value.toPem()).toBe(pem)
        expect(hex(new Uint8Array(fromBER(parsed.value.raw).result.toBER()))).toBe(hex(der))
        const again = parseCertificate(pem)
        expect(again.ok && hex(again.value.raw)).toBe(hex(der))
        const { serialNumber, signatureAlgorithm, tbs } = parsed.value
        expect(hex(der)).toContain(serialNumber)
        expect(hex(der).startsWith(hex(tbs), 8)).toBe(true)
        expect(signatureAlgorithm.hash).toBeDefined()
      }),
      { numRuns: 80 },
    )
  })

  it('for chains in PEM, in order, among other text', () => {
    const comment = fc.stringMatching(/^[ -,.-~]{0,30}$/)
    fc.assert(
      fc.property(chainRecipe, fc.array(comment, { minLength: 6, maxLength: 6 }), fc.boolean(), (recipe, comments, crlf) => {
        const chain = mintChain(recipe)
        const text = chain.map(({ pem }, i) => `${comments[i]}\n${pem}`).join('')
        const decoded = decodePem(crlf ? text.replaceAll('\n', '\r\n') : text)
        if (!decoded.ok) throw new Error(decoded.message)
        expect(decoded.value.map(hex)).toEqual(chain.map(({ der }) => hex(der)))
      }),
      { numRuns: 40 },
    )
  })

  it('for revocation lists', () => {
    const issuer = mint({ ca: true, key: keyPair('p256') })
    const entry = fc.record({
      serial: fc.bigInt({ min: 1n, max: 2n ** 159n - 1n }),
      reason: fc.option(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 8, 9, 10), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.uniqueArray(entry, { maxLength: 20, selector: ({ serial }) => serial }), name, (revoked, issuerName) => {
        const { der, pem } = mintCrl({ issuer, issuerName, revoked })
        const parsed = parseRevocationList(pem)
        if (!parsed.ok) throw new Error(parsed.message)
        expect(hex(parsed.value.raw)).toBe(hex(der))
        expect(parsed.value.toPem()).toBe(pem)
        expect(parsed.value.entryCount).toBe(revoked.length)
        for (const { serial } of revoked) expect(parsed.value.find(serialHex(serial))).toBeDefined()
        expect(parsed.value.find(serialHex(2n ** 160n - 1n))).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  })
})

function serialHex(serial: bigint): string {
  const digits = serial.toString(16)
  return digits.length % 2 === 0 ? digits : `0${digits}`
}
