import { describe, expect, it } from 'vitest'
import { type Finding, type LintReport, lintTruststore, type Waiver } from '../../../src/index.ts'
import { keyPair, mint } from '../../support/mint.ts'

const at = new Date('2026-06-01T00:00:00Z')
const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') }
const one = mint({ ca: true, key: keyPair('p256'), subject: 'CN=One', ...past })
const two = mint({ ca: true, key: keyPair('p256', 1), subject: 'CN=Two', ...past })
const valid = mint({ ca: true, subject: 'CN=Valid', notBefore: new Date('2020-01-01'), notAfter: new Date('2040-01-01') })
const small = mint({ ca: true, key: keyPair('rsa1024'), subject: 'CN=Small', notAfter: new Date('2040-01-01') })

function lint(...waive: readonly Waiver[]): LintReport {
  const { pem } = valid
  return lintTruststore(one.pem + two.pem + small.pem + pem, { at, waive })
}

function essence(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ code, subject }) => `${code} ${subject ?? ''}`.trim())
}

const fingerprintOfTwo = lint().findings[1]!.fingerprint!
const all = ['expired CN=One', 'expired CN=Two', 'not_yet_valid CN=Small', 'rsa_too_small CN=Small']

describe('waivers', () => {
  it('are not needed for this bundle to have findings', () => {
    expect(essence(lint().findings)).toEqual(all)
  })

  it('leave out every finding of a code', () => {
    expect(essence(lint({ code: 'expired' }).findings)).toEqual(all.slice(2))
  })

  it('leave out the findings about one certificate', () => {
    expect(essence(lint({ code: 'expired', fingerprint: fingerprintOfTwo }).findings)).toEqual(all.toSpliced(1, 1))
    expect(essence(lint({ code: 'expired', fingerprint: fingerprintOfTwo.toUpperCase() }).findings)).toEqual(all.toSpliced(1, 1))
    expect(essence(lint({ code: 'expired', fingerprint: '00' }).findings)).toEqual(all)
  })

  it('change the counts and whether the bundle is accepted', () => {
    expect(lint()).toMatchObject({ accepted: false, counts: { error: 1, warning: 3 } })
    expect(lint({ code: 'rsa_too_small' })).toMatchObject({ accepted: true, counts: { error: 0, warning: 3 } })
  })

  it('expire to the millisecond, which is a finding', () => {
    const until = at.getTime()
    expect(essence(lint({ code: 'expired', until: until + 1 }).findings)).toEqual(all.slice(2))
    const ended = lint({ code: 'expired', until })
    expect(essence(ended.findings)).toEqual(['waiver_expired', ...all])
    expect(ended.findings[0]).toMatchObject({
      severity: 'warning',
      message: 'the waiver of expired ended on 2026-06-01T00:00:00Z',
    })
    expect(essence(lint({ code: 'expired', until: new Date(0) }).findings)).toEqual(['waiver_expired', ...all])
  })

  it('that have ended say for which certificate they were', () => {
    const { findings } = lint({ code: 'expired', fingerprint: fingerprintOfTwo, until: 0 })
    expect(findings[0]).toMatchObject({ code: 'waiver_expired', fingerprint: fingerprintOfTwo })
  })

  it('that have ended are no finding where there is nothing left to waive', () => {
    expect(essence(lint({ code: 'empty_bundle', until: 0 }).findings)).toEqual(all)
    expect(essence(lint({ code: 'expired', until: 0 }, { code: 'expired' }).findings)).toEqual([
      'waiver_expired',
      ...all.slice(2),
    ])
    expect(essence(lint({ code: 'expired' }, { code: 'expired', until: 0 }).findings)).toEqual(all.slice(2))
  })
})
