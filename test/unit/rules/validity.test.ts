import { describe, expect, it } from 'vitest'
import { buildTruststore, verifyChain } from '../../../src/index.ts'
import { analysed } from '../../support/analysed.ts'
import { keyPair, mint } from '../../support/mint.ts'

const notBefore = new Date('2026-03-01T00:00:00Z')
const notAfter = new Date('2026-05-01T00:00:00Z')
const ca = mint({ ca: true, key: keyPair('p256'), notBefore, notAfter })
const leaf = mint({ key: keyPair('p256', 1), notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01') }, ca)

function codesAt(time: string, expiresWithinDays = 30): readonly string[] {
  return analysed(ca.pem, { at: new Date(time), expiresWithinDays }).findings.map(({ code }) => code)
}

describe('the dates of a CA', () => {
  it.each([
    ['2026-02-28T23:59:59.999Z', ['not_yet_valid']],
    ['2026-03-01T00:00:00.000Z', []],
    ['2026-03-31T23:59:59.999Z', []],
    ['2026-04-01T00:00:00.000Z', ['expires_within']],
    ['2026-05-01T00:00:00.000Z', ['expires_within']],
    ['2026-05-01T00:00:00.999Z', ['expires_within']],
    ['2026-05-01T00:00:01.000Z', ['expired']],
  ])('at %s: %j, the same as in verification', (time, codes) => {
    expect(codesAt(time)).toEqual(codes)
    const verdict = verifyChain(buildTruststore(ca.pem, { at: new Date(time) }), leaf.der, { at: new Date(time) })
    const [code] = codes
    expect(verdict).toMatchObject(code === 'expired' || code === 'not_yet_valid' ? { ok: false, code, index: 1 } : { ok: true })
  })

  it('are checked as many days ahead as requested', () => {
    expect(codesAt('2026-04-15T00:00:00Z', 0)).toEqual([])
    expect(codesAt('2026-04-15T00:00:00Z', 15)).toEqual([])
    expect(codesAt('2026-04-15T00:00:00Z', 16)).toEqual(['expires_within'])
    expect(codesAt('2026-03-01T00:00:00Z', Number.POSITIVE_INFINITY)).toEqual(['expires_within'])
  })

  it('are in the message, with the days left', () => {
    const messageAt = (time: string): string | undefined => analysed(ca.pem, { at: new Date(time) }).findings[0]?.message
    expect(messageAt('2026-04-20T12:00:00Z')).toBe('expires in 10 days, on 2026-05-01T00:00:00Z')
    expect(messageAt('2026-05-01T00:00:00.500Z')).toBe('expires in 0 days, on 2026-05-01T00:00:00Z')
    expect(messageAt('2027-01-01T00:00:00Z')).toBe('expired on 2026-05-01T00:00:00Z')
    expect(messageAt('2026-01-01T00:00:00Z')).toBe('not valid before 2026-03-01T00:00:00Z')
  })

  it('in the wrong order are one finding at any time', () => {
    const inverted = mint({ ca: true, key: keyPair('p256'), notBefore: notAfter, notAfter: notBefore })
    for (const time of ['2026-01-01', '2026-02-15', '2026-04-01', '2027-01-01']) {
      const { findings } = analysed(inverted.pem, { at: new Date(time) })
      expect(findings.map(({ code }) => code)).toEqual(['validity_inverted'])
    }
  })
})
