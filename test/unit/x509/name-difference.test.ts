import { describe, expect, it } from 'vitest'
import { Span } from '../../../src/bytes/span.ts'
import { namesDiffer } from '../../../src/x509/name.ts'
import { name, oid, printable, sequence, set, tlv, utf8 } from '../../support/der.ts'

const cn = '2.5.4.3'
const ou = '2.5.4.11'
const differ = (a: Uint8Array, b: Uint8Array): boolean => namesDiffer(new Span(a), new Span(b))
const two = set(sequence(oid(cn), utf8('a')), sequence(oid(ou), utf8('b')))
const long = 'x'.repeat(130)

describe('the quick comparison of names', () => {
  it.each<readonly [string, Uint8Array, Uint8Array]>([
    ['values', name([cn, utf8('Client 1')]), name([cn, utf8('Client 2')])],
    ['lengths of values', name([cn, utf8('Client')]), name([cn, utf8('Client 2')])],
    ['types', name([cn, utf8('a')]), name([ou, utf8('a')])],
    ['the second part', name([cn, utf8('A')], [ou, printable('b')]), name([cn, printable('a')], [ou, utf8('c')])],
    ['the number of parts', name([cn, utf8('a')]), name([cn, utf8('a')], [ou, utf8('b')])],
    ['one that is empty', name(), name([cn, utf8('a')])],
    ['characters that are no letters', name([cn, utf8('a@')]), name([cn, utf8('a`')])],
    ['brackets, which are letters but for a bit', name([cn, utf8('[')]), name([cn, utf8('{')])],
  ])('tells names that differ in %s', (_what, a, b) => {
    expect([differ(a, b), differ(b, a)]).toEqual([true, true])
  })

  it.each<readonly [string, Uint8Array, Uint8Array]>([
    ['the same', name([cn, utf8('a')]), name([cn, utf8('a')])],
    ['case', name([cn, utf8('az AZ')]), name([cn, printable('AZ az')])],
    ['both empty', name(), name()],
    ['spaces before', name([cn, utf8('a')]), name([cn, utf8(' a')])],
    ['spaces behind', name([cn, utf8('a')]), name([cn, utf8('a ')])],
    ['spaces doubled', name([cn, utf8('a b')]), name([cn, utf8('a  b')])],
    ['no characters but spaces', name([cn, utf8('')]), name([cn, utf8(' ')])],
    ['letters beyond ASCII', name([cn, utf8('ä')]), name([cn, utf8('ö')])],
    ['a type that is not folded', name([cn, tlv(0x14, [0x61])]), name([cn, tlv(0x14, [0x62])])],
    ['several attributes in a part', sequence(two), name([cn, utf8('z')])],
    ['long values', name([cn, utf8(long)]), name([cn, utf8('b')])],
    ['a long name', name([cn, utf8('a')], ...Array.from({ length: 12 }, () => [ou, utf8('b')] as const)), name([cn, utf8('b')])],
  ])('leaves to folding: %s', (_what, a, b) => {
    expect([differ(a, b), differ(b, a)]).toEqual([false, false])
  })
})
