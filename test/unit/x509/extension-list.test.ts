import { describe, expect, it } from 'vitest'
import type { ParseResult } from '../../../src/codes/parse.ts'
import { ExtensionList, readExtensions } from '../../../src/x509/extension-list.ts'
import * as ExtensionId from '../../../src/x509/ids/extension-id.ts'
import { bytes, integer, nul, octetString, oid, sequence, tlv } from '../../support/der.ts'
import { readWhole, refusal, valueIn } from '../../support/refusal.ts'
import { extension } from '../../support/structures.ts'

/** The list of extensions, without their values. */
function list(der: Uint8Array): ParseResult<ExtensionList> {
  return readWhole(der, (reader) => {
    const found = new ExtensionList(reader.bytes)
    readExtensions(reader, 'extensions', found, (_id, value) => {
      value.position = value.limit
    })
    return found
  })
}

const keyUsage = extension('2.5.29.15', nul(), true)
const unknown = extension('1.2.3.4', nul())

describe('readExtensions', () => {
  it('locates type, value and criticality', () => {
    const der = sequence(keyUsage, unknown)
    const found = valueIn(list(der))
    expect(found.length).toBe(2)
    expect([found.idAt(0), found.isCriticalAt(0)]).toEqual([ExtensionId.keyUsage, true])
    expect([found.idAt(1), found.isCriticalAt(1)]).toEqual([ExtensionId.unknown, false])
    for (const i of [0, 1]) expect(found.valueAt(i).view()).toEqual(nul())
    expect(found.oidAt(1).view()).toEqual(Uint8Array.of(0x2a, 3, 4))
  })

  it('finds known extensions by number', () => {
    const found = valueIn(list(sequence(unknown, keyUsage)))
    expect(found.value(ExtensionId.keyUsage)).toEqual(found.valueAt(1))
    expect(found.value(ExtensionId.nameConstraints)).toBeUndefined()
    expect([found.has(ExtensionId.keyUsage), found.has(ExtensionId.subjectAltName)]).toEqual([true, false])
    expect([found.isCritical(ExtensionId.keyUsage), found.isCritical(ExtensionId.subjectAltName)]).toEqual([true, false])
  })

  it('tells the first critical one that is not understood', () => {
    const critical = extension('1.2.3.5', nul(), true)
    const found = valueIn(list(sequence(unknown, keyUsage, critical)))
    expect(found.firstCriticalOutside(new Set([ExtensionId.keyUsage]))).toBe(2)
    expect(found.firstCriticalOutside(new Set())).toBe(1)
    expect(valueIn(list(sequence(unknown))).firstCriticalOutside(new Set())).toBeUndefined()
  })

  it('hands each value to its reader, which must read all of it', () => {
    const ids: number[] = []
    const der = sequence(keyUsage, extension('2.5.29.19', sequence()))
    const result = readWhole(der, (reader) =>
      readExtensions(reader, 'extensions', new ExtensionList(reader.bytes), (id, value) => {
        ids.push(id)
        value.next('value')
      }),
    )
    expect(refusal(result)).toBe('read')
    expect(ids).toEqual([ExtensionId.keyUsage, ExtensionId.basicConstraints])
    const lazy = readWhole(sequence(keyUsage), (reader) =>
      readExtensions(reader, 'extensions', new ExtensionList(reader.bytes), () => {}),
    )
    expect(refusal(lazy)).toEqual(['trailing_bytes', 14])
  })

  it.each<readonly [string, Uint8Array, ReturnType<typeof refusal>]>([
    ['the same one twice', sequence(keyUsage, keyUsage), ['duplicate_extension', 20]],
    ['the same one twice, others between', sequence(keyUsage, unknown, keyUsage), ['duplicate_extension', 31]],
    ['an unknown one twice', sequence(unknown, unknown), ['duplicate_extension', 17]],
    ['critical that is no BOOLEAN', sequence(sequence(oid('1.2.3'), integer(1), octetString())), ['unexpected_tag', 8]],
    ['critical of two bytes', sequence(sequence(oid('1.2.3'), bytes('0102ffff'), octetString())), ['bad_boolean', 10]],
    ['no value', sequence(sequence(oid('1.2.3'))), ['truncated', 8]],
    ['no type', sequence(sequence(octetString())), ['unexpected_tag', 4]],
    ['a bad type', sequence(sequence(tlv(0x06, [0x80]), octetString())), ['bad_oid', 6]],
    ['a third element', sequence(sequence(oid('1.2.3'), octetString(), nul())), ['trailing_bytes', 10]],
    ['a value in pieces', sequence(sequence(oid('1.2.3'), tlv(0x24, octetString()))), ['unexpected_tag', 8]],
    ['no SEQUENCE', sequence(nul()), ['unexpected_tag', 2]],
  ])('refuses %s', (_what, der, expected) => {
    expect(refusal(list(der))).toEqual(expected)
  })

  it('reads 64 and refuses the next', () => {
    const many = (count: number): Uint8Array =>
      sequence(...Array.from({ length: count }, (_, i) => extension(`1.2.3.${i}`, nul())))
    expect(valueIn(list(many(64))).length).toBe(64)
    expect(list(many(65))).toMatchObject({ code: 'too_many' })
    // A flood is refused at the 65th.
    expect(list(many(3000))).toMatchObject({ code: 'too_many' })
  })
})

describe('extension identifiers', () => {
  it('are those of id-ce and two of id-pe', () => {
    const id = (dotted: string): number => valueIn(list(sequence(extension(dotted, nul())))).idAt(0)
    for (const [name, number] of Object.entries(ExtensionId)) {
      if (number > 0 && number < 100) expect([name, id(`2.5.29.${number}`)]).toEqual([name, number])
    }
    expect(id('1.3.6.1.5.5.7.1.1')).toBe(ExtensionId.authorityInfoAccess)
    expect(id('1.3.6.1.5.5.7.1.11')).toBe(ExtensionId.subjectInfoAccess)
  })

  it('of id-ce carry their arc where they have no name, too', () => {
    const parsed = valueIn(list(sequence(extension('2.5.29.1', nul(), true))))
    expect(parsed.idAt(0)).toBe(1)
    expect(parsed.firstCriticalOutside(new Set(Object.values(ExtensionId)))).toBe(0)
    expect(list(sequence(extension('2.5.29.1', nul()), extension('2.5.29.1', nul())))).toMatchObject({
      code: 'duplicate_extension',
    })
  })

  it.each([
    '2.5.29.0',
    '2.5.29.101',
    '2.5.29.111',
    '2.5.29.15.1',
    '2.5.30.15',
    '2.5.29',
    '2.5.29.4294967311',
    '1.3.6.1.5.5.7.1.3',
    '1.3.6.1.5.5.7.1.1.1',
  ])('%s is not covered', (dotted) => {
    expect(valueIn(list(sequence(extension(dotted, nul())))).idAt(0)).toBe(ExtensionId.unknown)
  })
})
