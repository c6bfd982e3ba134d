import { decodeBase64, latin1Of } from './encoding.ts'
import { Span } from './span.ts'

/**
 * Recognises files that are neither PEM nor a DER certificate by their first bytes, and names the command that converts them. Only
 * error messages depend on it: nothing is read differently.
 */

function convert(name: string, command: string): string {
  return `this is ${name}: convert it: \`${command}\``
}

function openssl(name: string, command: string, input: string): string {
  return convert(name, `openssl ${command} -in ${input} -out out.pem`)
}

/** Neither has a certificate that could be converted. */
const key = 'this is a private key: it has no certificate; request one: `openssl req -new -key in.key -out out.csr`'
// A certificate without extensions would have version 1, so one is given.
const request =
  'this is a certificate request: it needs a CA to issue the certificate: `echo extendedKeyUsage=clientAuth > ext.cnf && openssl x509 -req -in in.csr -CA ca.pem -CAkey ca.key -extfile ext.cnf -out out.pem`'

function pkcs7(form: string): string {
  return `${openssl('a PKCS #7 file', `pkcs7 ${form}-print_certs`, 'in.p7b')}, or read it with importBundle of portcullis/import`
}

/** A sentence about an input that should be PEM and is not, `undefined` if it is not recognised. */
export function describeFormat(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x30 || bytes[1]! < 0x80) return describeMagic(bytes) ?? describeText(bytes)
  return describeDer(bytes, false) ?? openssl('DER', `${isList(bytes) ? 'crl' : 'x509'} -inform der`, 'in.der')
}

/** A sentence about a PEM text without certificates, by the labels of its blocks. */
export function describeLabels(labels: readonly string[]): string | undefined {
  for (const label of labels) {
    if (label === 'TRUSTED CERTIFICATE') return openssl("OpenSSL's own form of a certificate", 'x509', 'in.pem')
    if (isBundleLabel(label)) return pkcs7('')
    if (label.endsWith('CERTIFICATE REQUEST')) return request
    if (label.endsWith('PRIVATE KEY')) return key
  }
  return undefined
}

/** The labels of PKCS #7 (RFC 7468 8), of CMS (9), and an older one. */
export function isBundleLabel(label: string): boolean {
  return label === 'PKCS7' || label === 'CMS' || label === 'PKCS #7 SIGNED DATA'
}

/** Whether bytes look like PEM rather than DER, whatever text comes first. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return bytes[0] !== 0x30 && headOf(bytes).includes('-----BEGIN ')
}

/** The part of a text that is looked at. */
function headOf(bytes: Uint8Array): string {
  return latin1Of(new Span(bytes, 0, Math.min(bytes.length, 4096)))
}

/** The DER of 1.2.840.113549.1. PKCS #5 is arc 5 below it, signedData of PKCS #7 is 7.2. */
const rsadsi = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01]

/** Whether bytes begin like a PKCS #7 file of signed data. */
export function isSignedData(bytes: Uint8Array): boolean {
  return bytes[0] === 0x30 && startsWith(bytes, contentAt(bytes, 0), [0x06, 0x09, ...rsadsi, 0x07, 0x02])
}

/**
 * A sentence about DER that is not a certificate, `undefined` if it is not recognised.
 *
 * @param isPem whether it is the content of a PEM block
 */
export function describeDer(bytes: Uint8Array, isPem: boolean): string | undefined {
  if (isSignedData(bytes)) return pkcs7(isPem ? '' : '-inform der ')
  const first = contentAt(bytes, 0)
  if (startsWith(bytes, first, [0x02, 0x01])) {
    const version = bytes[first + 2]!
    if (version === 3) return openssl('a PKCS #12 file (.p12, .pfx)', 'pkcs12 -nokeys', 'in.p12')
    return version < 2 ? key : undefined
  }
  const second = contentAt(bytes, first)
  if (startsWith(bytes, second, [0x06, 0x09, ...rsadsi, 0x05])) return key
  if (!startsWith(bytes, second, [0x02, 0x01, 0x00, 0x30])) return undefined
  // A request has the name where a certificate of version 1 has its algorithm.
  return bytes[contentAt(bytes, second + 3)] === 0x31 || bytes[second + 4] === 0 ? request : undefined
}

/** Whether DER begins like a revocation list: an optional version 2, an algorithm, a name and a date. A certificate has no date there. */
function isList(bytes: Uint8Array): boolean {
  const fields = contentAt(bytes, contentAt(bytes, 0))
  const algorithm = startsWith(bytes, fields, [0x02, 0x01, 0x01]) ? fields + 3 : fields
  const date = bytes[endAt(bytes, endAt(bytes, algorithm))]
  return bytes[algorithm] === 0x30 && (date === 0x17 || date === 0x18)
}

/** Offset of the end of an element. */
function endAt(bytes: Uint8Array, at: number): number {
  const content = contentAt(bytes, at)
  const short = bytes[at + 1] ?? 0
  return content + (short < 0x80 ? short : Array.from(bytes.slice(at + 2, content)).reduce((sum, byte) => sum * 256 + byte, 0))
}

/** Offset of the content of an element. Its length is not needed, and may be indefinite. */
function contentAt(bytes: Uint8Array, at: number): number {
  const length = bytes[at + 1] ?? 0
  return at + 2 + (length > 0x80 ? length - 0x80 : 0)
}

function startsWith(bytes: Uint8Array, at: number, expected: readonly number[]): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte)
}

function describeMagic(bytes: Uint8Array): string | undefined {
  const head = latin1Of(new Span(bytes, 0, Math.min(bytes.length, 6)))
  const type = head.startsWith('\xfe\xed\xfe\xed') ? 'JKS' : head.startsWith('\xce\xce\xce\xce') ? 'JCEKS' : undefined
  if (type !== undefined) {
    return convert(`a Java keystore (${type})`, `keytool -list -rfc -storetype ${type} -keystore in.jks > out.pem`)
  }
  const utf16 = /^(?:\xff\xfe|\xfe\xff|(-\0-)|\0-\0)/.exec(head)
  if (utf16 !== null) {
    const encoding = `UTF-16${utf16[1] !== undefined ? 'LE' : head[0] === '\0' ? 'BE' : ''}`
    return convert(`${encoding} text`, `iconv -f ${encoding} -t UTF-8 in.pem > out.pem`)
  }
  // The second form is that of `bytesOfPemText`.
  if (/^(?:(?:\xef\xbb\xbf){2}| \0-)/.test(head))
    return convert('a text with two byte order marks', 'tail -c +7 in.pem > out.pem')
  return undefined
}

function describeText(bytes: Uint8Array): string | undefined {
  const head = headOf(bytes).trim()
  const boundary = /-----BEGIN [A-Z0-9 #]+-----(\\[nr]|\r[^\n]|[ \t]*[A-Za-z0-9+/]|--)/.exec(head)
  if (boundary === null) return describeBase64(head)
  const next = boundary[1]!
  if (next[0] === '\r') return convert('PEM whose lines end with CR alone', "tr '\\r' '\\n' < in.pem > out.pem")
  const isEscaped = next[0] === '\\'
  // Blank lines are dropped, because OpenSSL does not accept them within a block.
  return convert(
    isEscaped ? 'PEM whose line breaks are written as \\n' : 'PEM on one line',
    `awk '{${isEscaped ? 'gsub(/(\\\\r)?\\\\n/,"\\n");' : ''}gsub(/-----(BEGIN|END) [A-Z0-9 ]+-----/,"\\n&\\n")}1' in.pem | grep . > out.pem`,
  )
}

/** Base64 without a boundary, of DER or of PEM. */
function describeBase64(head: string): string | undefined {
  const compact = head.replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]{24,}={0,2}$/.test(compact)) return undefined
  // Without padding, base64 of a multiple of four characters is never at fault.
  const whole = compact.replace(/=+$/, '')
  const characters = whole.slice(0, whole.length - (whole.length % 4))
  const decoded = decodeBase64(Uint8Array.from(characters, (c) => c.charCodeAt(0))) as Uint8Array
  if (looksLikePem(decoded)) return convert('base64 of PEM, as Kubernetes secrets have it', 'base64 -d in.txt > out.pem')
  if (decoded[0] !== 0x30 || decoded[1]! < 0x80) return undefined
  const inner = describeDer(decoded, false)
  if (inner !== undefined) return `this is base64: decode it with \`base64 -d\`; then ${inner}`
  const command = isList(decoded) ? 'crl' : 'x509'
  return convert('base64 without BEGIN and END lines', `base64 -d in.txt | openssl ${command} -inform der -out out.pem`)
}
