import { describe, expect, it } from 'vitest'
import {
  readBasicConstraints,
  readInhibitAnyPolicy,
  readNameConstraints,
  readPolicyConstraints,
} from '../../../src/x509/constraints.ts'
import { boolean, bytes, context, implicit, integer, nul, sequence } from '../../support/der.ts'
import { reading, readWhole, refusal } from '../../support/refusal.ts'

const dns = (value: string): Uint8Array => implicit(2, Buffer.from(value))

describe('basicConstraints', () => {
  it.each<readonly [string, Uint8Array, unknown]>([
    ['nothing in it', sequence(), { ca: false, pathLength: undefined }],
    ['cA', sequence(boolean(true)), { ca: true, pathLength: undefined }],
    ['cA and 0', sequence(boolean(true), integer(0)), { ca: true, pathLength: 0 }],
    ['cA and 255', sequence(boolean(true), integer(255)), { ca: true, pathLength: 255 }],
    ['FALSE written out', sequence(boolean(false)), { ca: false, pathLength: undefined }],
    ['a path length alone', sequence(integer(3)), { ca: false, pathLength: 3 }],
    ['256', sequence(boolean(true), integer(256)), ['bad_integer', 7]],
    ['a negative path length', sequence(boolean(true), integer(-1)), ['bad_integer', 7]],
    ['2^32', sequence(boolean(true), integer(2n ** 32n)), ['bad_integer', 7]],
    ['2^2048', sequence(boolean(true), integer(2n ** 2048n)), ['bad_integer', 11]],
    ['cA as 01', sequence(bytes('010101')), { ca: true, pathLength: undefined }],
    ['cA of two bytes', sequence(bytes('0102ffff')), ['bad_boolean', 4]],
    ['cA twice', sequence(boolean(true), boolean(true)), ['unexpected_tag', 5]],
    ['a third element', sequence(boolean(true), integer(0), nul()), ['trailing_bytes', 8]],
    ['no SEQUENCE', boolean(true), ['unexpected_tag', 0]],
    ['bytes behind', bytes(sequence(), [0]), ['trailing_bytes', 2]],
  ])('with %s', (_what, der, expected) => {
    expect(reading(der, readBasicConstraints)).toEqual(expected)
  })
})

describe('nameConstraints', () => {
  const subtree = sequence(dns('example.com'))
  const read = (der: Uint8Array): unknown => refusal(readWhole(der, readNameConstraints))

  it.each<readonly [string, Uint8Array, unknown]>([
    ['permitted', sequence(context(0, subtree)), 'read'],
    ['excluded', sequence(context(1, subtree, subtree)), 'read'],
    ['both', sequence(context(0, subtree), context(1, subtree)), 'read'],
    ['an address with mask', sequence(context(0, sequence(implicit(7, '0a000000ff000000')))), 'read'],
    ['nothing', sequence(), ['empty_sequence', 0]],
    ['an empty list', sequence(context(0)), ['empty_sequence', 2]],
    ['empty excluded subtrees beside permitted ones', sequence(context(0, subtree), context(1)), 'read'],
    ['empty permitted subtrees beside excluded ones', sequence(context(0), context(1, subtree)), ['empty_sequence', 2]],
    ['empty excluded subtrees alone', sequence(context(1)), ['empty_sequence', 2]],
    ['an empty subtree', sequence(context(0, sequence())), ['truncated', 6]],
    ['lists the wrong way round', sequence(context(1, subtree), context(0, subtree)), ['trailing_bytes', 19]],
    ['a third list', sequence(context(0, subtree), context(2, subtree)), ['trailing_bytes', 19]],
    ['minimum 0 written out', sequence(context(0, sequence(dns('a'), implicit(0, '00')))), 'read'],
    ['minimum 0 of two bytes', sequence(context(0, sequence(dns('a'), implicit(0, '0000')))), ['bad_integer', 9]],
    [
      'minimum 0 and maximum',
      sequence(context(0, sequence(dns('a'), implicit(0, '00'), implicit(1, '05')))),
      ['bad_integer', 12],
    ],
    ['minimum 1', sequence(context(0, sequence(dns('a'), implicit(0, '01')))), ['bad_integer', 9]],
    ['maximum', sequence(context(0, sequence(dns('a'), implicit(1, '05')))), ['bad_integer', 9]],
    ['an address without mask', sequence(context(0, sequence(implicit(7, '0a000001')))), ['bad_address', 8]],
    ['a mask with holes', sequence(context(0, sequence(implicit(7, '0a000000ff00ff00')))), ['bad_address', 8]],
    ['NUL in a name', sequence(context(0, sequence(dns('a\0')))), ['bad_string', 9]],
  ])('with %s', (_what, der, expected) => {
    expect(read(der)).toEqual(expected)
  })
})

describe('policyConstraints and inhibitAnyPolicy', () => {
  it.each<readonly [string, Uint8Array, unknown]>([
    ['requireExplicitPolicy', sequence(implicit(0, '00')), { requireExplicitPolicy: 0, inhibitPolicyMapping: undefined }],
    ['inhibitPolicyMapping', sequence(implicit(1, '03')), { requireExplicitPolicy: undefined, inhibitPolicyMapping: 3 }],
    ['both', sequence(implicit(0, '01'), implicit(1, '02')), { requireExplicitPolicy: 1, inhibitPolicyMapping: 2 }],
    ['neither', sequence(), ['empty_sequence', 0]],
    ['explicit tags', sequence(context(0, integer(1))), ['trailing_bytes', 2]],
    ['a negative number', sequence(implicit(0, 'ff')), ['bad_integer', 4]],
    ['256', sequence(implicit(0, '0100')), ['bad_integer', 4]],
    ['the wrong order', sequence(implicit(1, '01'), implicit(0, '01')), ['trailing_bytes', 5]],
  ])('with %s', (_what, der, expected) => {
    expect(reading(der, readPolicyConstraints)).toEqual(expected)
  })

  it('take numbers from 0 to 255', () => {
    expect(reading(integer(0), readInhibitAnyPolicy)).toBe(0)
    expect(reading(integer(255), readInhibitAnyPolicy)).toBe(255)
    expect(reading(integer(256), readInhibitAnyPolicy)).toEqual(['bad_integer', 2])
    expect(reading(integer(-1), readInhibitAnyPolicy)).toEqual(['bad_integer', 2])
  })
})
