import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodePem, lintTruststore, parseCertificate } from '../../src/index.ts'
import { keyPair, mint, mintCrl, privateKeyPem } from '../support/mint.ts'

/**
 * Every format that an error message names is written by the program that writes it in practice, and read back by the command in
 * the message.
 */

const has = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0
const programs = { openssl: has('openssl', 'version'), keytool: has('keytool', '-help'), iconv: has('iconv', '--version') }
type Program = keyof typeof programs

const key = keyPair('p256', 80)
const root = mint({ ca: true, key, signWith: key, subject: 'CN=Formats' })
const base64 = Buffer.from(root.der).toString('base64')

const folder = mkdtempSync(join(tmpdir(), 'portcullis-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'root.pem'), root.pem)
writeFileSync(join(folder, 'root.key'), privateKeyPem(key))

function shell(script: string, input?: string): string {
  const { status, stderr, stdout } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', input })
  if (status !== 0) throw new Error(`${script}: ${stderr}${stdout}`)
  return stdout
}

/** Runs a script that writes a file, and returns the file. */
function written(file: string, script: string): Uint8Array {
  shell(`rm -f ${file}; ${script}`)
  return readFileSync(join(folder, file))
}

const keystore = '-importcert -noprompt -alias a -file root.pem -storepass changeit -keystore'
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')

const cases: readonly [string, Program | undefined, () => Uint8Array | string, string, string?][] = [
  [
    'PKCS #12',
    'openssl',
    () => written('a', 'openssl pkcs12 -export -nokeys -in root.pem -out a -passout pass:'),
    'a PKCS #12 file',
  ],
  [
    'DER of PKCS #7',
    'openssl',
    () => written('a', 'openssl crl2pkcs7 -nocrl -certfile root.pem -outform der -out a'),
    'a PKCS #7 file',
  ],
  ['PEM of PKCS #7', 'openssl', () => written('a', 'openssl crl2pkcs7 -nocrl -certfile root.pem -out a'), 'a PKCS #7 file'],
  [
    'PKCS #7 in a CERTIFICATE block',
    'openssl',
    () => written('a', 'openssl crl2pkcs7 -nocrl -certfile root.pem | sed s/PKCS7/CERTIFICATE/ > a'),
    'a PKCS #7 file',
  ],
  ['a trusted certificate', 'openssl', () => written('a', 'openssl x509 -in root.pem -trustout -out a'), "OpenSSL's own form"],
  ['JKS', 'keytool', () => written('a', `keytool ${keystore} a -storetype JKS`), 'a Java keystore (JKS)', 'changeit\n'],
  ['JCEKS', 'keytool', () => written('a', `keytool ${keystore} a -storetype JCEKS`), 'a Java keystore (JCEKS)', 'changeit\n'],
  ['UTF-16 of PowerShell', 'iconv', () => Buffer.concat([Buffer.of(0xff, 0xfe), utf16(root.pem)]), 'UTF-16 text'],
  ['UTF-16, big-endian', 'iconv', () => Buffer.concat([Buffer.of(0xfe, 0xff), utf16(root.pem).swap16()]), 'UTF-16 text'],
  ['UTF-16LE without mark', 'iconv', () => utf16(root.pem), 'UTF-16LE text'],
  ['UTF-16BE without mark', 'iconv', () => utf16(root.pem).swap16(), 'UTF-16BE text'],
  ['two byte order marks', undefined, () => Buffer.from(`\uFEFF\uFEFF${root.pem}`), 'a text with two byte order marks'],
  ['two byte order marks in text', undefined, () => `\uFEFF\uFEFF${root.pem}`, 'a text with two byte order marks'],
  ['line breaks as \\n', undefined, () => root.pem.replaceAll('\n', '\\n'), 'line breaks are written as \\n'],
  ['line breaks as \\r\\n', undefined, () => root.pem.replaceAll('\n', '\\r\\n'), 'line breaks are written as \\n'],
  ['JSON', undefined, () => JSON.stringify({ ca: root.pem + root.pem }), 'line breaks are written as \\n'],
  ['one line', undefined, () => root.pem.replaceAll('\n', ''), 'PEM on one line'],
  ['one line with blanks', undefined, () => root.pem.replaceAll('\n', ' '), 'PEM on one line'],
  ['CR alone', undefined, () => root.pem.replaceAll('\n', '\r'), 'lines end with CR alone'],
  ['base64 on one line', 'openssl', () => base64, 'base64 without BEGIN and END lines'],
  ['base64 on lines', 'openssl', () => root.pem.replaceAll(/-.*-\n/g, ''), 'base64 without BEGIN and END lines'],
  ['base64 of PEM', undefined, () => Buffer.from(root.pem).toString('base64'), 'base64 of PEM'],
]

describe('the command in the message', () => {
  for (const [name, program, make, says, input] of cases) {
    const missing = program !== undefined && !programs[program]
    it.skipIf(missing)(`converts ${name}${missing ? ` (skipped: ${program} is not installed)` : ''}`, () => {
      const file = make()
      const { findings, accepted } = lintTruststore(file)
      const { message } = findings.find(({ severity, message: text }) => severity === 'error' && text.includes('this is'))!
      expect(message).toContain(says)
      expect(accepted).toBe(false)
      const command = /`([^`]+)`/.exec(message)![1]!
      writeFileSync(join(folder, /\bin\.\w+/.exec(command)![0]), file)
      shell(`rm -f out.pem; ${command.replace('pkcs12', 'pkcs12 -passin pass:')}`, input)
      const converted = readFileSync(join(folder, 'out.pem'))
      const certificates = decodePem(converted)
      expect(certificates.ok && new Set(certificates.value.map((der) => Buffer.from(der).toString('base64')))).toEqual(
        new Set([base64]),
      )
      // Keytool writes text around the blocks, which OpenSSL skips as well.
      expect(lintTruststore(converted).findings.filter(({ code }) => code === 'pem_read_differently')).toEqual([])
    })
  }

  it.skipIf(!programs.openssl)('writes DER as PEM', () => {
    writeFileSync(join(folder, 'in.der'), root.der)
    const decoded = decodePem(root.der)
    expect(decoded).toMatchObject({ ok: false, code: 'pem_missing', message: expect.stringContaining('this is DER: ') })
    shell(/`([^`]+)`/.exec(decoded.ok ? '' : decoded.message)![1]!)
    expect(decodePem(readFileSync(join(folder, 'out.pem')))).toEqual({ ok: true, value: [root.der] })
  })

  it.skipIf(!programs.openssl)('requests a certificate for a key, and issues one for a request', () => {
    const told = (file: Uint8Array | string): string => {
      const { findings } = lintTruststore(file)
      const { message } = findings.find(({ message: text }) => text.includes('this is'))!
      return `${/this is (?:a private key|a certificate request)/.exec(message)![0]} ${/`([^`]+)`/.exec(message)![1]!}`
    }
    const key = 'this is a private key openssl req -new -key in.key -out out.csr'
    expect(told(privateKeyPem(root.key))).toBe(key)
    for (const form of ['rsa -traditional', 'rsa', 'ec']) {
      const make = form === 'ec' ? 'openssl ecparam -genkey -name prime256v1 -noout' : 'openssl genrsa 1024'
      const write = form === 'ec' ? 'openssl ec -outform der -out a' : `openssl ${form} -outform der -out a`
      expect(told(written('a', `${make} 2>/dev/null | ${write} 2>/dev/null`))).toBe(key)
    }
    const locked = 'openssl pkcs8 -topk8 -passout pass:a -in root.key'
    expect(told(written('a', `${locked} -outform der -out a`))).toBe(key)
    expect(told(written('a', `${locked} -out a`))).toBe(key)

    writeFileSync(join(folder, 'in.key'), privateKeyPem(root.key))
    shell(`${key.slice('this is a private key '.length)} -subj /CN=a`)
    shell('cp out.csr in.csr; cp root.pem ca.pem; cp root.key ca.key')
    const asPem = told(readFileSync(join(folder, 'in.csr')))
    expect(asPem).toMatch(
      /^this is a certificate request echo extendedKeyUsage=clientAuth > ext\.cnf && openssl x509 -req -in in\.csr /,
    )
    expect(told(written('a', 'openssl req -in in.csr -outform der -out a'))).toBe(asPem)
    expect(told(written('a', 'openssl req -new -key root.key -subj / -outform der -out a'))).toBe(asPem)
    shell(asPem.slice('this is a certificate request '.length))
    const issued = decodePem(readFileSync(join(folder, 'out.pem')))
    const certificate = parseCertificate(issued.ok ? issued.value[0]! : new Uint8Array())
    expect(certificate).toMatchObject({ ok: true, value: { version: 3, extendedKeyUsage: ['clientAuth'] } })
  })
})

describe('the command for a revocation list', () => {
  const list = mintCrl({ issuer: root, thisUpdate: new Date('2026-01-01'), nextUpdate: new Date('2027-01-01') })
  it.skipIf(!programs.openssl).each<[string, Uint8Array]>([
    ['in DER', list.der],
    ['in base64', Buffer.from(Buffer.from(list.der).toString('base64'))],
  ])('%s is that for lists', (_name, file) => {
    const decoded = decodePem(file)
    const command = /`([^`]+)`/.exec(decoded.ok ? '' : decoded.message)![1]!
    expect(command).toContain('openssl crl -inform der')
    writeFileSync(join(folder, /\bin\.\w+/.exec(command)?.[0] ?? 'in.txt'), file)
    shell(`rm -f out.pem; ${command}`)
    expect(readFileSync(join(folder, 'out.pem'), 'utf8')).toBe(list.pem)
  })

  it('is not that of a certificate of version 1 with serial 1', () => {
    const old = mint({ version: 1, serial: 1n, ca: true, subject: 'CN=Old' })
    expect(decodePem(old.der)).toMatchObject({ message: expect.stringContaining('openssl x509 -inform der') })
  })
})

describe('no other format is named', () => {
  const version1 = mint({ version: 1, serial: 0n, ca: true, subject: 'CN=Old' })
  it.each<[string, Uint8Array | string]>([
    ['a certificate', root.pem],
    ['a certificate of version 1 with serial 0', version1.der],
    ['one that is cut', root.der.subarray(0, 100)],
    ['a text', 'Certificates for the clients of our API are in this file, and they are not'],
    ['words that are base64', 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['nothing', ''],
  ])('for %s', (_name, file) => {
    const { findings } = lintTruststore(file)
    expect(findings.filter(({ message }) => message.includes('this is'))).toEqual([])
  })
})
