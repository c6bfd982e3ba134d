import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { curveNames, curves } from '../../../src/crypto/curve/curves.ts'
import { pureSignatures } from '../../../src/crypto/signatures.ts'
import { ecdsa, rsaPkcs1 } from '../../support/algorithms.ts'
import { usualHash } from '../../support/curve-points.ts'
import { bytes, integer, nul, sequence, tlv } from '../../support/der.ts'

const data = Buffer.from('signed data')

describe.each(curveNames)('ECDSA on %s', (namedCurve) => {
  const usual = usualHash[namedCurve].replace('sha', 'SHA-')
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve })
  const key = pureSignatures.importKey(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })))!
  const { n, bytes: width } = curves[namedCurve]
  const hashOf = (name: string): string => name.toLowerCase().replace('-', '')

  /** r and s of a genuine signature. */
  function numbers(): [bigint, bigint] {
    const raw = sign(hashOf(usual), data, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('hex')
    return [BigInt(`0x${raw.slice(0, 2 * width)}`), BigInt(`0x${raw.slice(2 * width)}`)]
  }
  const [r, s] = numbers()
  const verifies = (signature: Uint8Array, hash = usual): boolean => key.verify(ecdsa(hash), data, signature)
  const encoded = (a: bigint, b: bigint): Uint8Array => sequence(integer(a), integer(b))

  it.each(['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'])('with %s, longer than the curve or not, verifies', (name) => {
    const signature = sign(hashOf(name), data, privateKey)
    expect(verifies(signature, name)).toBe(true)
    expect(key.verify(ecdsa(name), Buffer.from('other data'), signature)).toBe(false)
    expect(verifies(signature, name === 'SHA-256' ? 'SHA-384' : 'SHA-256')).toBe(false)
  })

  it('accepts high and low s', () => {
    expect(verifies(encoded(r, s))).toBe(true)
    expect(verifies(encoded(r, n - s))).toBe(true)
  })

  it.each<readonly [string, bigint, bigint]>([
    ['r = 0', 0n, s],
    ['s = 0', r, 0n],
    ['both 0', 0n, 0n],
    ['r = n', n, s],
    ['s = n', r, n],
    ['r + n', r + n, s],
    ['s + n', r, s + n],
    ['-r', -r, s],
    ['-s', r, -s],
    ['r - n', r - n, s],
    ['s - n', r, s - n],
    ['1, 1', 1n, 1n],
    ['r and s exchanged', s, r],
    ['r + 1', r + 1n, s],
    ['s of 64 bytes', r, 1n << 510n],
    ['s = 1', r, 1n],
    ['r of 1,000 bytes', 1n << 7990n, s],
  ])('refuses %s', (_what, a, b) => {
    expect(verifies(encoded(a, b))).toBe(false)
  })

  const content = (value: bigint): Uint8Array => integer(value).subarray(2)
  const good = encoded(r, s)
  it.each<readonly [string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['an empty SEQUENCE', sequence()],
    ['r alone', sequence(integer(r))],
    ['a third number', sequence(integer(r), integer(s), integer(1))],
    ['NULL behind s', sequence(integer(r), integer(s), nul())],
    ['bytes behind the SEQUENCE', bytes(good, [0])],
    ['a SEQUENCE cut short', good.subarray(0, good.length - 1)],
    ['a SET', bytes([0x31], good.subarray(1))],
    ['a padded r', padded(r, s)],
    ['an OCTET STRING for s', sequence(integer(r), tlv(0x04, content(s)))],
    ['an empty INTEGER for s', sequence(integer(r), tlv(0x02))],
    ['a long form of length', bytes([0x30, 0x81], good.subarray(1))],
    ['an indefinite length', bytes([0x30, 0x80], good.subarray(2), [0, 0])],
    ['a long form of length in r', longLength(r, s)],
    ['r ‖ s without DER', bytes(r.toString(16).padStart(2 * width, '0'), s.toString(16).padStart(2 * width, '0'))],
  ])('refuses %s', (_what, signature) => {
    expect(verifies(signature)).toBe(false)
  })

  it('does not verify under an RSA algorithm', () => {
    expect(key.verify(rsaPkcs1('SHA-256'), data, good)).toBe(false)
  })

  it('does not verify with another key', () => {
    const other = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'der' })
    expect(pureSignatures.importKey(new Uint8Array(other))!.verify(ecdsa(usual), data, good)).toBe(false)
  })

  it('keeps a key whose bytes are changed afterwards', () => {
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
    const kept = pureSignatures.importKey(spki)!
    spki.fill(0)
    expect(kept.verify(ecdsa(usual), data, good)).toBe(true)
  })
})

/** r with a redundant zero byte, whatever its sign bit. */
function padded(r: bigint, s: bigint): Uint8Array {
  return sequence(tlv(0x02, [0, 0], integer(r).subarray(integer(r)[2] === 0 ? 3 : 2)), integer(s))
}

/** The INTEGER r with its length as 81 XX. */
function longLength(r: bigint, s: bigint): Uint8Array {
  return sequence(bytes([0x02, 0x81], integer(r).subarray(1)), integer(s))
}
