import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { explainCommand } from '../../../src/cli/explain.ts'
import { findForeign, findOwn } from '../../../src/cli/foreign.ts'
import { opensslErrors } from '../../../src/cli/openssl-names.ts'
import { otherSystems } from '../../../src/cli/other-names.ts'
import { infoOf, knownCodes } from '../../../src/cli/own-codes.ts'
import { deviationCodes } from '../../../src/codes/deviation.ts'
import { parseCodes } from '../../../src/codes/parse.ts'
import { rejectCodes, rejectInfo } from '../../../src/codes/reject.ts'
import { ruleCatalogue } from '../../../src/lint/catalogue.ts'

/** `portcullis explain` knows every code of portcullis, and what other systems write. */

const src = fileURLToPath(new URL('../../../src', import.meta.url))

/** The members of every union of codes in src: of types named Code or Failure, and of fields named code. */
function unionsInSource(): readonly (readonly [file: string, code: string])[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(src, file), 'utf8').replaceAll(/\/\/.*$/gm, '')
      const unions = text.matchAll(/(?:type \w*(?:Code|Failure) =|\bcode:)\s*((?:\|?\s*(?:'[a-z0-9_]+'|\w+)\s*)+)/g)
      return Array.from(unions).flatMap(([, union]) =>
        Array.from(union!.matchAll(/\|?\s*'([a-z0-9_]+)'/g), ([, code]) => [file, code!] as const),
      )
    })
}

function run(...operands: readonly string[]): Promise<string> {
  const given = { operands, flags: new Set<string>(), values: new Map<string, readonly string[]>() }
  return explainCommand.run(given, { version: '0', paint: (_, text) => text }).then(({ output }) => output)
}

/** The codes that a log line leads to. */
function codesIn(line: string): readonly string[] {
  return [...new Set([...findOwn(line), ...findForeign(line).flatMap(({ codes }) => codes)])]
}

describe('own codes', () => {
  it('of every union in src are known', () => {
    const found = unionsInSource()
    const codes = new Set(found.map(([, code]) => code))
    // The scan finds the unions of verdicts, findings, gates, headers, sources and ownership.
    for (const code of [
      'expired',
      'no_trust_anchor',
      'not_judged',
      'max_age_reached',
      'refused_by_proxy',
      'rollback',
      'server_name_not_owned',
    ])
      expect([code, codes.has(code)]).toEqual([code, true])
    expect(found.filter(([, code]) => !knownCodes.includes(code))).toEqual([])
  })

  it('held names the call that ends it, which refresh does not', () => {
    expect(infoOf('held').remedy).toContain('source.rollBack')
    expect(infoOf('held').remedy).not.toContain('refresh')
  })

  it('of every table are known', () => {
    for (const code of [...rejectCodes, ...ruleCatalogue.keys(), ...deviationCodes, ...parseCodes])
      expect(knownCodes).toContain(code)
  })

  it.each(knownCodes)('%s has a meaning, a remedy and a citation', async (code) => {
    const { summary, remedy, citation } = infoOf(code)
    expect(summary).toMatch(/^[A-Z`a-z].{15,}\.$/s)
    expect(remedy).toMatch(/^[A-Z].{8,}\.$/s)
    expect(citation).toMatch(/\S/)
    expect(await run(code)).toContain(`${code}\n${summary}`)
  })
})

describe('names of other systems', () => {
  const names = otherSystems.flatMap(({ names: table }) => Object.entries(table))

  it.each(names)('%s', (name, codes) => {
    expect(codes.filter((code) => !knownCodes.includes(code))).toEqual([])
    expect(findForeign(name).map((found) => found.name)).toContain(name)
    expect(findForeign(`2026-01-01 [info] 7#7: *1 "${name}", client: 10.0.0.1`).map((found) => found.name)).toContain(name)
  })

  it.each(opensslErrors.map((row) => [row] as const))('OpenSSL %j', ([number, name, text, ...codes]) => {
    expect(codes.filter((code) => !knownCodes.includes(code))).toEqual([])
    for (const form of [name, `X509_V_ERR_${name}`, text, String(number), `verify error:num=${number}:${text}`])
      for (const code of codes) expect([form, codesIn(form)]).toEqual([form, expect.arrayContaining([code])])
  })

  it('are complete: every number up to 100 that OpenSSL uses', () => {
    const numbers = new Set(opensslErrors.map(([number]) => number))
    expect(Array.from({ length: 99 }, (_, i) => i + 2).filter((number) => !numbers.has(number))).toEqual([])
  })

  it('of the mappings of verdicts lead to the verdicts', () => {
    for (const code of rejectCodes) {
      for (const name of Object.values(rejectInfo(code)!.mappings) as string[]) {
        const found = codesIn(name)
        expect([name, found.length > 0]).toEqual([name, true])
      }
    }
    expect(codesIn('client_cert_chain_verification_failed')).toEqual(expect.arrayContaining(['unknown_issuer', 'expired']))
  })
})

describe('log lines', () => {
  it.each<[string, readonly string[]]>([
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', ['unknown_issuer', 'incomplete_chain']],
    ['20', ['unknown_issuer', 'incomplete_chain']],
    ['error 10', ['expired']],
    ['ClientCertExpired', ['expired']],
    ['Failed:ClientCertCrlHit', ['revoked']],
    ['(abc-123) Access denied. Reason: self signed certificate', ['self_signed_untrusted']],
    ['(x) Access denied. Reason: Client cert using an insecure Signature Algorithm', ['weak_hash', 'unsupported_algorithm']],
    [
      '2026/01/02 03:04:05 [info] 23#23: *1 client SSL certificate verify error: (10:certificate has expired) while reading client request headers',
      ['expired'],
    ],
    ['verify error:num=18:self signed certificate', ['self_signed_untrusted']],
    ['FAILED:error:00000015:lib(0)::reason(21)', ['unknown_issuer', 'incomplete_chain']],
    ['error 23 at 0 depth lookup: certificate revoked', ['revoked']],
    ['ssl_c_err=26', ['extended_key_usage_violation', 'key_usage_violation']],
    [
      'TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:verify cert failed: X509_verify_cert: certificate verification error at depth 1: certificate has expired:TLS_error_end',
      ['unknown_issuer', 'expired'],
    ],
    [
      'Error: 139:error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca',
      ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain'],
    ],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', ['no_certificate']],
    ['remote error: tls: client didn’t provide a certificate', ['no_certificate']],
    ['remote error: tls: bad certificate', ['malformed', 'signature_mismatch']],
    ['remote error: tls: unknown certificate authority', ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain']],
    [
      'javax.net.ssl.SSLHandshakeException: Received fatal alert: unknown_ca',
      ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain'],
    ],
    ['Received fatal alert: certificate_unknown', ['unknown_issuer', 'malformed']],
    ['received fatal alert: BadCertificate', ['malformed', 'signature_mismatch']],
    ['received fatal alert: UnknownCA', ['unknown_issuer', 'self_signed_untrusted', 'incomplete_chain']],
    ['SSL alert number 42', ['malformed', 'signature_mismatch']],
    ['SSL alert number 45', ['expired']],
    ['SSL alert number 116', ['no_certificate']],
    ['bad_certificate', ['malformed', 'signature_mismatch']],
    ['ssl_fc_err=0 ssl_c_err=20', ['unknown_issuer', 'incomplete_chain']],
    ['ssl_c_err=0 ssl_c_ca_err=22', ['chain_too_long']],
    ['{"code":"expired","message":"leaf certificate CN=x: expired on 2026-01-31T12:00:00Z"}', ['expired']],
    ['code=revoked', ['revoked']],
    ['EXPIRED', ['expired']],
    ['UNKNOWN_ISSUER', ['unknown_issuer']],
    ['held', ['held']],
    ['{"level":"warn","code":"revocation_unknown","message":"…"}', ['revocation_unknown']],
    ['client.pem  rejected  unknown_issuer  leaf certificate CN=x', ['unknown_issuer']],
  ])('%s', (line, codes) => {
    expect(codesIn(line)).toEqual(codes)
  })

  it('with a number and names lead with the number', () => {
    const [first] = findForeign('ssl_fc_err=0 ssl_c_err=20 SSL client certificate not trusted')
    expect(first!.name).toMatch(/^20 UNABLE_TO_GET_ISSUER_CERT_LOCALLY/)
  })

  it('with the text and the number of an alert name it once', () => {
    const found = findForeign('error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:s3_lib.c:1:SSL alert number 48')
    expect(found.map(({ name }) => name)).toEqual(['alert unknown ca'])
  })

  it("with an error of OpenSSL's library name the programs that use it", () => {
    const [found] = findForeign('fe/1: SSL handshake failure (error:0A000086:SSL routines::certificate verify failed)')
    expect(found!.system).toContain('HAProxy')
  })

  it('without a name of anybody lead nowhere', () => {
    for (const line of ['', 'hello world', '200 OK', '7777', 'subexpired', 'port 20', '__proto__', 'constructor', 'it expired'])
      expect([line, codesIn(line)]).toEqual([line, []])
  })

  it('show the name, its source and the codes', async () => {
    expect(await run('nginx: client SSL certificate verify error: (20:unable to get local issuer certificate)')).toMatch(
      /^20 UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unable to get local issuer certificate\n {2}System +OpenSSL, Node\n {2}Source +openssl.*\n {2}portcullis +unknown_issuer, incomplete_chain\n\nunknown_issuer\n/,
    )
    expect(await run('65')).toContain('no code, because it does not check this')
  })
})
