import { decodeBase64, latin1Of } from './encoding.ts'
import { Span } from './span.ts'

/**
 * Recognises files that are neither PEM nor a DER certificate by their first bytes, and names the command that converts them. Only
 * error messages depend on it: nothing is read differently.
 */

/** What a file is, and the way out. */
interface Format {
  /** With its article: `a PKCS #12 file`. */
  readonly name: string
  readonly remedy: string
}

function format(name: string, command: string): Format {
  return { name, remedy: `convert it: \`${command}\`` }
}

const requestRemedy =
  'only the certificate that a CA issues for it is one: `openssl x509 -req -in in.csr -CA ca.pem -CAkey ca.key -out out.pem`'
const keyRemedy = 'it has no certificate; request one: `openssl req -new -key in.key -out out.csr`'

/** A sentence about an input that should be PEM and is not, `undefined` if it is not recognised. */
export function describeFormat(bytes: Uint8Array): string | undefined {
  const isDer = bytes[0] === 0x30 && bytes[1]! >= 0x80
  const found = isDer ? (derFormat(bytes, false) ?? plainDer) : (magicFormat(bytes) ?? textFormat(bytes))
  return found === undefined ? undefined : sentence(found)
}

/**
 * A sentence about DER that is not a certificate, `undefined` if it is not recognised.
 *
 * @param isPem whether it is the content of a PEM block
 */
export function describeDer(der: Uint8Array, isPem: boolean): string | undefined {
  const found = derFormat(der, isPem)
  return found === undefined ? undefined : sentence(found)
}

/** The same for a PEM text without certificates, by the labels of its blocks. */
export function describeLabels(labels: readonly string[]): string | undefined {
  for (const label of labels) {
    if (label === 'TRUSTED CERTIFICATE')
      return sentence(format("OpenSSL's own form of a certificate", 'openssl x509 -in in.pem -out out.pem'))
    if (label === 'PKCS7' || label === 'CMS' || label === 'PKCS #7 SIGNED DATA') return sentence(pkcs7(true))
    if (label.endsWith('CERTIFICATE REQUEST')) return sentence({ name: 'a certificate request', remedy: requestRemedy })
    if (label.endsWith('PRIVATE KEY')) return sentence({ name: 'a private key', remedy: keyRemedy })
  }
  return undefined
}

/** Whether bytes begin like a PKCS #7 file of signed data. */
export function isSignedData(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && startsWith(bytes, contentAt(bytes, 0), signedData)
}

/** Whether bytes look like PEM rather than DER, whatever text comes first. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return bytes[0] !== 0x30 && latin1Of(new Span(bytes, 0, Math.min(bytes.length, 4096))).includes('-----BEGIN ')
}

function sentence({ name, remedy }: Format): string {
  return `this is ${name}: ${remedy}`
}

function pkcs7(isPem: boolean): Format {
  const command = `openssl pkcs7 -in in.p7b ${isPem ? '' : '-inform der '}-print_certs -out out.pem`
  return {
    name: 'a PKCS #7 file',
    remedy: `read it with importBundle of portcullis/import, or convert it: \`${command}\``,
  }
}

const plainDer: Format = /* @__PURE__ */ format('DER', 'openssl x509 -inform der -in in.der -out out.pem')

/** The DER of OIDs: signedData of PKCS #7, and the arc of PKCS #5. */
const signedData = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
const passwordBased = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05]

/** A SEQUENCE that is not a certificate, by its first elements. */
function derFormat(bytes: Uint8Array, isPem: boolean): Format | undefined {
  const first = contentAt(bytes, 0)
  if (startsWith(bytes, first, signedData)) return pkcs7(isPem)
  const key: Format = { name: 'a private key', remedy: keyRemedy }
  if (startsWith(bytes, first, [0x02, 0x01])) {
    if (bytes[first + 2] === 3) return format('a PKCS #12 file (.p12, .pfx)', 'openssl pkcs12 -in in.p12 -nokeys -out out.pem')
    return bytes[first + 2]! <= 1 ? key : undefined
  }
  const second = contentAt(bytes, first)
  if (startsWith(bytes, second, passwordBased)) return key
  // A request has the name where a certificate of version 1 has its algorithm.
  if (startsWith(bytes, second, [0x02, 0x01, 0x00, 0x30])) {
    const third = contentAt(bytes, second + 3)
    if (bytes[third] === 0x31 || bytes[second + 4] === 0) return { name: 'a certificate request', remedy: requestRemedy }
  }
  return undefined
}

/** Offset of the content of an element. Its length is not needed, and may be indefinite. */
function contentAt(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] ?? 0
  return at + 2 + (length > 0x80 ? length - 0x80 : 0)
}

function startsWith(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte)
}

const mark = [0xef, 0xbb, 0xbf]
const dash = 0x2d

function magicFormat(bytes: Uint8Array): Format | undefined {
  const jks = 'keytool -list -rfc -keystore in.jks > out.pem'
  if (startsWith(bytes, 0, [0xfe, 0xed, 0xfe, 0xed])) return format('a Java keystore (JKS)', jks)
  if (startsWith(bytes, 0, [0xce, 0xce, 0xce, 0xce])) {
    return format('a Java keystore (JCEKS)', jks.replace('-rfc', '-rfc -storetype JCEKS'))
  }
  if (startsWith(bytes, 0, [0xff, 0xfe]) || startsWith(bytes, 0, [0xfe, 0xff])) return utf16('UTF-16')
  if (startsWith(bytes, 0, [dash, 0, dash, 0])) return utf16('UTF-16LE')
  if (startsWith(bytes, 0, [0, dash, 0, dash])) return utf16('UTF-16BE')
  // The second form is that of `bytesOfPemText`.
  if (startsWith(bytes, 0, [...mark, ...mark]) || startsWith(bytes, 0, [0x20, 0, dash])) {
    return format('a text with two byte order marks', 'tail -c +7 in.pem > out.pem')
  }
  return undefined
}

function utf16(encoding: string): Format {
  return format(`${encoding} text`, `iconv -f ${encoding} -t UTF-8 in.pem > out.pem`)
}

/** How much of a text is looked at. */
const headBytes = 4096

function textFormat(bytes: Uint8Array): Format | undefined {
  const head = latin1Of(new Span(bytes, 0, Math.min(bytes.length, headBytes))).trim()
  const boundary = /-----BEGIN [A-Z0-9 #]+-----(.?.?)/s.exec(head)
  if (boundary !== null) {
    // Blank lines are dropped, because OpenSSL does not accept them within a block.
    const lines = (from: string): string =>
      `awk '{${from}gsub(/-----(BEGIN|END) [A-Z0-9 ]+-----/,"\\n&\\n")}1' in.pem | grep . > out.pem`
    const next = boundary[1]!
    if (next === '\\n' || next === '\\r')
      return format('PEM whose line breaks are written as \\n', lines('gsub(/(\\\\r)?\\\\n/,"\\n");'))
    if (/^\r[^\n]/.test(next)) return format('PEM whose lines end with CR alone', "tr '\\r' '\\n' < in.pem > out.pem")
    return /^[ \t]*[A-Za-z0-9+/]/.test(next) || next === '--' ? format('PEM on one line', lines('')) : undefined
  }
  return base64Format(head)
}

/** Base64 without a boundary, of DER or of PEM. */
function base64Format(head: string): Format | undefined {
  const compact = head.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]{24,}={0,2}$/.test(compact)) return undefined
  const decoded = decodeBase64(Uint8Array.from(compact.slice(0, 24), (c) => c.charCodeAt(0)))
  if (typeof decoded === 'number') return undefined
  if (looksLikePem(decoded)) return format('base64 of PEM, as Kubernetes secrets have it', 'base64 -d in.txt > out.pem')
  if (decoded[0] !== 0x30 || decoded[1]! < 0x80) return undefined
  const inner = derFormat(decoded, false)
  if (inner !== undefined)
    return { ...inner, name: `base64 of ${inner.name}`, remedy: `decode it first, \`base64 -d\`; then ${inner.remedy}` }
  return format('base64 without BEGIN and END lines', 'base64 -d in.txt | openssl x509 -inform der -out out.pem')
}
