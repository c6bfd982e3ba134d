import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../../src/crypto/curve/curves.ts'

describe('curves', () => {
  it.each(curveNames)('%s has the constants of the standard', (curve) => {
    const { bytes: width, p, b, n } = curves[curve]
    const generated = generateKeyPairSync('ec', { namedCurve: curve, paramEncoding: 'explicit' })
    const explicit = generated.publicKey.export({ type: 'spki', format: 'der' }).toString('hex')
    for (const constant of [p, b, n]) expect(explicit).toContain(constant.toString(16).padStart(2 * width, '0'))
    expect(width * 8).toBe(p.toString(2).length)
  })
})
