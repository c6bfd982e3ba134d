import { describe, expect, it } from 'vitest'
import { type CurveName, curveNames } from '../../../src/crypto/curve/curves.ts'
import type { KeyParts } from '../../../src/crypto/public-key.ts'
import { Meter } from '../../../src/path/meter.ts'
import { type Budget, profiles } from '../../../src/policy/policy.ts'
import { parseCertificateDer } from '../../../src/x509/parse-certificate.ts'
import { integer } from '../../support/der.ts'
import { keyKindOf } from '../../support/keys.ts'
import { type CertificateSpec, keyPair, mint } from '../../support/mint.ts'
import { valueIn } from '../../support/refusal.ts'
import { modulusOf, rsaSpki } from '../../support/rsa.ts'

const budget: Budget = { ...profiles.apiGateway.budget, signatures: 1000 }

function meterWith(limits: Partial<Budget>): Meter {
  return new Meter({ ...budget, ...limits })
}

function partsOf(spec: CertificateSpec): KeyParts {
  return valueIn(parseCertificateDer(mint({ signWith: keyPair('p256'), ...spec }).der)).keyParts
}

/** The smallest budget that lets one verification pass. */
function costOf(parts: KeyParts): number {
  for (let signatures = 0; signatures < 1000; signatures++) if (meterWith({ signatures }).signature(parts)) return signatures
  throw new Error('dearer than the whole budget')
}

const rsa = (bits: number, exponent: bigint): KeyParts => partsOf({ spki: rsaSpki(modulusOf(bits), integer(exponent)) })

describe('a signature costs, in those of P-256,', () => {
  const costs: Record<CurveName, number> = { 'P-256': 1, 'P-384': 3 }
  it.each(curveNames)('the same or more on %s', (curve) => {
    expect(costOf(partsOf({ key: keyPair(keyKindOf[curve], 1) }))).toBe(costs[curve])
  })

  it('one on what cannot be verified anyway', () => {
    expect(costOf(partsOf({ key: keyPair('ed25519', 1) }))).toBe(1)
    expect(costOf(partsOf({ key: keyPair('p521', 1) }))).toBe(1)
  })

  it.each([
    [2048, 65537n, 1],
    [4096, 65537n, 1],
    [8192, 65537n, 1],
    [16384, 65537n, 4],
    // An exponent of 32 ones: 64 multiplications in place of 19.
    [2048, 0xffffffffn, 1],
    [8192, 0xffffffffn, 3],
    [16384, 0xffffffffn, 11],
    [16384, 3n, 1],
  ])('of %d bits and exponent %d: %d', (bits, exponent, cost) => {
    expect(costOf(rsa(bits, exponent))).toBe(cost)
  })
})

describe('each meter', () => {
  it('adds up what is asked for', () => {
    const parts = partsOf({ key: keyPair('p384', 1) })
    const signatures = meterWith({ signatures: 7 })
    expect([signatures.signature(parts), signatures.signature(parts), signatures.signature(parts)]).toEqual([true, true, false])
    expect(signatures.exhausted).toBe('signatures')
    const steps = meterWith({ pathSteps: 2 })
    expect([steps.step(), steps.step(), steps.step()]).toEqual([true, true, false])
    expect(steps.exhausted).toBe('pathSteps')
    const names = meterWith({ nameComparisons: 10 })
    expect([names.names(), names.names(9), names.names(0), names.names()]).toEqual([true, true, true, false])
    expect(names.exhausted).toBe('nameComparisons')
  })

  it('of what is presented is looked at once', () => {
    const limits = { presentedCertificates: 2, presentedBytes: 100 }
    expect(meterWith(limits).presented(2, 100)).toBe(true)
    const many = meterWith(limits)
    expect(many.presented(3, 101)).toBe(false)
    expect(many.exhausted).toBe('presentedCertificates')
    const large = meterWith(limits)
    expect(large.presented(2, 101)).toBe(false)
    expect(large.exhausted).toBe('presentedBytes')
  })

  it('of 0 gives nothing', () => {
    expect(meterWith({ pathSteps: 0 }).step()).toBe(false)
  })

  it('leaves the others alone until it runs out, and then stops them all', () => {
    const parts = partsOf({ key: keyPair('p256', 1) })
    const meter = meterWith({ pathSteps: 1 })
    expect(meter.step() && meter.names() && meter.signature(parts) && meter.presented(1, 1)).toBe(true)
    expect(meter.exhausted).toBeUndefined()
    expect(meter.step()).toBe(false)
    expect([meter.names(0), meter.signature(parts), meter.presented(0, 0), meter.step()]).toEqual([false, false, false, false])
    // The first that ran out is the one to report.
    expect(meter.names(1_000_000)).toBe(false)
    expect(meter.exhausted).toBe('pathSteps')
  })
})
