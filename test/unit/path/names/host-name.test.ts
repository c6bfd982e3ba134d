import { describe, expect, it } from 'vitest'
import { buildTruststore, profiles, verifyChain } from '../../../../src/index.ts'
import { readIpv4, readIpv6, readReference } from '../../../../src/path/names/host-name.ts'
import { type GeneralNameSpec, keyPair, mint } from '../../../support/mint.ts'

const root = mint({ ca: true, key: keyPair('p256'), subject: 'CN=Root' })
const store = buildTruststore(root.der, { policy: { ...profiles.apiGateway, purpose: 'any' } })

function accepts(serverName: string, ...subjectAltNames: readonly GeneralNameSpec[]): boolean {
  const leaf = mint({ key: keyPair('p256', 1), subject: `CN=${serverName.replace(/[^a-z.]/g, '')}`, subjectAltNames }, root)
  const verdict = verifyChain(store, leaf.der, { serverName })
  if (!verdict.ok && verdict.code !== 'name_mismatch') throw new Error(verdict.message)
  return verdict.ok
}

describe('DNS names', () => {
  it.each<[presented: string, wanted: string]>([
    ['example.com', 'example.com'],
    ['Example.COM', 'eXAMPLE.com'],
    ['example.com', 'example.com.'],
    ['a.b.c.example.com', 'a.b.c.example.com'],
    ['xn--bcher-kva.example', 'XN--bcher-KVA.example'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['localhost', 'localhost'],
    ['1.example', '1.example'],
    ['*.example.com', 'a.example.com'],
    ['*.EXAMPLE.com', 'A.example.COM.'],
    ['*.example.com', 'a.example.com.'],
    ['*.b.example.com', 'a.b.example.com'],
    ['*.example.com', 'xn--bcher-kva.example.com'],
    ['*.example.com', '1.example.com'],
  ])('%s is for %s', (dns, wanted) => {
    expect(accepts(wanted, { dns })).toBe(true)
    expect(accepts(wanted, { dns: 'other.example' }, { ip: '192.0.2.1' }, { dns })).toBe(true)
  })

  it.each<[presented: string, wanted: string]>([
    ['example.com', 'example.org'],
    ['example.com', 'www.example.com'],
    ['www.example.com', 'example.com'],
    ['example.com', 'badexample.com'],
    ['badexample.com', 'example.com'],
    ['', 'example.com'],
    ['.example.com', 'a.example.com'],
    ['.', 'example.com'],
    ['*', 'localhost'],
    ['*', 'example.com'],
    ['*.', 'example.'],
    ['*.com', 'example.com'],
    ['*.example.com', 'example.com'],
    ['*.example.com', 'a.b.example.com'],
    ['*.example.com', '.example.com'],
    ['*.example.com', 'a.example.org'],
    ['*.example.com', 'aexample.com'],
    ['*.example.com', 'a.example.com.evil.example'],
    ['*.*', 'example.com'],
    ['*.*.com', 'foo.example.com'],
    ['f*o.example.com', 'foo.example.com'],
    ['foo.*.com', 'foo.example.com'],
    ['foo.*', 'foo.com'],
    ['foo.example.*', 'foo.example.com'],
    ['*.', 'com'],
    ['*.*.example.com', 'a.b.example.com'],
    ['a.*.example.com', 'a.b.example.com'],
    ['*a.example.com', 'aa.example.com'],
    ['a*.example.com', 'ab.example.com'],
    ['xn--*.example.com', 'xn--a.example.com'],
    ['**.example.com', 'a.example.com'],
    ['*.example.com', '*.example.com'],
    ['example.com ', 'example.com'],
    [' example.com', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com:443', 'example.com'],
    ['https://example.com', 'example.com'],
    ['192.0.2.1', '192.0.2.1'],
    ['*.0.2.1', '192.0.2.1'],
    ['*.2.1', '192.0.2.1'],
    ['::1', '::1'],
    [`${'a.'.repeat(127)}example.com`, 'example.com'],
  ])('%j is not for %s', (dns, wanted) => {
    expect(accepts(wanted, { dns })).toBe(false)
  })

  it('are looked for among many', () => {
    const names = Array.from({ length: 500 }, (_, i) => ({ dns: `host${i}.example.com` }))
    expect(accepts('host499.example.com', ...names)).toBe(true)
    expect(accepts('host500.example.com', ...names)).toBe(false)
  })
})

describe('addresses', () => {
  it.each<[presented: string, wanted: string]>([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::1', '::1'],
    ['2001:db8::1', '2001:DB8:0:0:0:0:0:1'],
    ['2001:db8::1', '2001:0db8::0001'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['::', '::'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1::', '1::'],
  ])('%s is for %s', (ip, wanted) => {
    expect(accepts(wanted, { ip })).toBe(true)
  })

  it.each<[presented: string, wanted: string]>([
    ['192.0.2.1', '192.0.2.2'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['::1', '::2'],
    ['192.0.2.1', 'a.example'],
  ])('%s is not for %s', (ip, wanted) => {
    expect(accepts(wanted, { ip })).toBe(false)
  })
})

describe('server names that are none match nothing', () => {
  it.each([
    '',
    '.',
    '..',
    'a..b',
    '.example.com',
    'example.com..',
    'a b',
    'exa\0mple.com',
    'example.com\n',
    'bücher.example',
    '*.example.com',
    'example.com:443',
    'https://example.com',
    '[::1]',
    'fe80::1%eth0',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '0x7f.0.0.1',
    '2130706433',
    'example.123',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
  ])('%j', (serverName) => {
    expect(readReference(serverName)).toBeUndefined()
    const leaf = mint({ key: keyPair('p256', 1), subjectAltNames: [{ dns: '*.example.com' }, { ip: '127.0.0.1' }] }, root)
    expect(verifyChain(store, leaf.der, { serverName })).toMatchObject({ ok: false, code: 'name_mismatch' })
  })

  it('take little time at any length', () => {
    for (const long of ['a'.repeat(1e6), '1.'.repeat(5e5), ':'.repeat(1e6), `${'a-'.repeat(5e5)}.`]) {
      const start = performance.now()
      expect(readReference(long)).toBeUndefined()
      expect(performance.now() - start).toBeLessThan(200)
    }
  })
})

describe('address literals', () => {
  it.each<[string, string]>([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['1::', '00010000000000000000000000000000'],
    ['1::8', '00010000000000000000000000000008'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::2:3:4:5:6:7:8', '00000002000300040005000600070008'],
    ['2001:DB8::a.b'.replace('a.b', '192.0.2.33'), '20010db80000000000000000c0000221'],
    ['1:2:3:4:5:6:192.0.2.33', '000100020003000400050006c0000221'],
  ])('%s', (literal, hex) => {
    expect(Buffer.from(readIpv6(literal) ?? []).toString('hex')).toBe(hex)
  })

  it.each([
    '',
    ':',
    ':::',
    '1',
    '1:2',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '1::2::3',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '1:2:3:4:5:6:7:192.0.2.1',
    '192.0.2.1::',
    '1:192.0.2.1::',
    '::192.0.2',
    '::192.0.2.256',
    '::12345',
    '::g',
    '::1%1',
    '::1/128',
    '[::1]',
    ' ::1',
  ])('%j is no IPv6 address', (literal) => {
    expect(readIpv6(literal)).toBeUndefined()
  })

  it.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.4.',
    '.1.2.3.4',
    '1..2.3',
    '1.2.3.04',
    '00.0.0.0',
    '1.2.3.256',
    '1.2.3.-4',
    '1.2.3.4 ',
    '1.2.3.4\n',
    '١.٢.٣.٤',
  ])('%j is no IPv4 address', (literal) => {
    expect(readIpv4(literal)).toBeUndefined()
  })
})
