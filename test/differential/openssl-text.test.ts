import { spawnSync } from 'node:child_process'
import { rootCertificates } from 'node:tls'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderText } from '../../src/inspect/index.ts'
import { chainRecipe, mintChain } from '../support/arbitraries.ts'
import { mint, mintCrl } from '../support/mint.ts'

/** Compares our text with that of `openssl x509 -text` and `openssl crl -text`, in the lines that both write in the same way. */

const missing = spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'

function openssl(command: 'x509' | 'crl', pem: string): string {
  // Versions of OpenSSL differ in blanks around `=`; these options omit them.
  const args = [command, '-noout', '-text', '-nameopt', 'RFC2253,-dn_rev,sep_comma_plus,-esc_msb,utf8']
  const done = spawnSync('openssl', args, { input: pem, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
  return done.stdout
}

/** Titles with the same text for values in both. */
const sameTitles = [
  'X509v3 Basic Constraints',
  'X509v3 Key Usage',
  'X509v3 Extended Key Usage',
  'X509v3 Subject Key Identifier',
  'X509v3 Policy Mappings',
  'X509v3 Policy Constraints',
  'X509v3 Inhibit Any Policy',
  'X509v3 CRL Number',
  'X509v3 CRL Reason Code',
]

interface Facts {
  readonly [title: string]: string | readonly string[] | undefined
}

/** Facts by title, without line breaks in hexadecimal numbers and without blanks at line ends. */
function factsOf(text: string): Facts {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const one = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1]?.trimEnd()
  const hexBelow = (title: string): string => {
    const at = lines.findIndex((line) => line.trim() === title)
    let hex = ''
    for (let i = at + 1; at >= 0 && /^\s+([0-9a-f]{2}:?)+$/i.test(lines[i] ?? ''); i++) hex += lines[i]!.trim()
    return hex.toLowerCase()
  }
  const titled = sameTitles.map((title) => {
    const found = lines.flatMap((line, i) =>
      line.trim().startsWith(`${title}:`) ? [`${line.includes('critical')} ${lines[i + 1]?.trim()}`] : [],
    )
    return [title, found] as const
  })
  return {
    version: one(/Version:? (.*)/),
    serial: one(/Serial Number: (.*)/) ?? hexBelow('Serial Number:'),
    notBefore: one(/Not Before: (.*)/),
    notAfter: one(/Not After : (.*)/),
    lastUpdate: one(/Last Update: (.*)/),
    nextUpdate: one(/Next Update: (.*)/),
    bits: one(/Public-Key: \((\d+) bit\)/),
    curve: one(/NIST CURVE: (.*)/),
    exponent: one(/Exponent: (.*)/),
    key: hexBelow('pub:') || hexBelow('Modulus:'),
    signature: signatureIn(lines),
    names: namesIn(lines),
    revoked: lines.filter((line) => /Serial Number: [0-9A-F]+$|Revocation Date: /.test(line)).map((line) => line.trim()),
    ...Object.fromEntries(titled),
  }
}

/** The bytes after the last title. For PSS, OpenSSL writes no title before the signature. */
function signatureIn(lines: readonly string[]): string {
  const last = lines.findLastIndex((line) => line.includes('Signature Algorithm:'))
  const hex = lines.slice(last).filter((line) => /^\s+([0-9a-f]{2}:)*[0-9a-f]{2}:?$/.test(line))
  return hex.map((line) => line.trim()).join('')
}

/** The forms of subjectAltName that both write in the same way. */
function namesIn(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.includes('X509v3 Subject Alternative Name:'))
  const names: string[] = []
  for (let i = at + 1; at >= 0 && /^ {16}/.test(lines[i] ?? ''); i++) names.push(...lines[i]!.trim().split(', '))
  return names.filter((name) => /^(DNS|URI|email):/.test(name) || /^IP Address:[\d.]+$/.test(name))
}

/** Subject and issuer without escapes, because the notations of escapes differ. */
function plainNames(text: string): readonly string[] {
  return [...text.matchAll(/(?:Subject|Issuer): (.*)/g)].map(([, name = '']) => name.replace(/\\(?:[0-9A-F]{2}|.)| /gs, ''))
}

describe.skipIf(missing !== undefined)(`openssl writes the same${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  it('for generated certificates', () => {
    fc.assert(
      fc.property(chainRecipe, (recipe) => {
        for (const { pem } of mintChain(recipe)) expect(factsOf(renderText(pem))).toEqual(factsOf(openssl('x509', pem)))
      }),
      { numRuns: 15 },
    )
  })

  it('for a CA with every constraint', () => {
    const { pem } = mint({
      subject: 'C=US,O=Example,CN=CA',
      ca: true,
      pathLength: 3,
      keyUsage: ['keyCertSign', 'cRLSign', 'digitalSignature', 'encipherOnly', 'decipherOnly', 'keyAgreement'],
      extendedKeyUsage: ['clientAuth', 'serverAuth', 'any', 'OCSPSigning', 'codeSigning', 'emailProtection', 'timeStamping'],
      policyMappings: [['1.2.3', '1.2.4']],
      certificatePolicies: ['1.2.3'],
      policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 1 },
      inhibitAnyPolicy: 7,
    })
    const facts = factsOf(renderText(pem))
    expect(facts).toEqual(factsOf(openssl('x509', pem)))
    for (const title of sameTitles.slice(0, 7)) expect([title, facts[title]]).toEqual([title, [expect.any(String)]])
    expect(plainNames(renderText(pem))).toEqual(plainNames(openssl('x509', pem)))
  })

  it('for revocation lists', () => {
    const issuer = mint({ subject: 'O=Example', ca: true })
    const revoked = [1, 2, 3, 4, 5, 6, 9, 10].map((reason) => ({ serial: BigInt(reason * 37), reason }))
    const { pem } = mintCrl({ issuer, revoked: [...revoked, { serial: 2n ** 100n }], crlNumber: 70_000 })
    const facts = factsOf(renderText(pem))
    expect(facts['revoked']).toHaveLength(18)
    expect(facts['X509v3 CRL Reason Code']).toHaveLength(8)
    expect(facts).toEqual(factsOf(openssl('crl', pem)))
  })

  it('for public roots', { timeout: 120_000 }, () => {
    for (const pem of rootCertificates) expect(factsOf(renderText(pem))).toEqual(factsOf(openssl('x509', pem)))
  })
})
