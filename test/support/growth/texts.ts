import { formats } from '../../../src/headers/formats.ts'
import {
  formatAlbVerify,
  formatApiGatewayClientCert,
  formatCloudFront,
  formatCloudflareHeaders,
  formatCloudflareTlsClientAuth,
  formatGoogleCloud,
  type HeaderFrom,
  verifyRequest,
} from '../../../src/headers/index.ts'
import { decodePem, lintTruststore, parseCertificate, profiles } from '../../../src/index.ts'
import { renderText } from '../../../src/inspect/index.ts'
import { valueParsers } from '../header-parsers.ts'
import { mint } from '../mint.ts'
import { parsed, valued } from '../parsed.ts'
import { type Growing, read, type Sized, storeOf } from './growing.ts'

/** Texts: PEM, and headers in which proxies hand on certificates. */

const root = mint({ ca: true, subject: 'CN=Root' })
const client = parsed(mint({ subject: 'CN=client' }, root).der)

const pemPatterns: Readonly<Record<string, string>> = {
  A: 'A',
  dashes: '-',
  'line ends': '\n',
  'lines of blanks': ' \t\r\n',
  'BEGIN lines': '-----BEGIN CERTIFICATE-----\n',
  'END lines': '-----END CERTIFICATE-----\n',
  'empty blocks': '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
  'blocks of other kinds': '-----BEGIN X-----\nMAA=\n-----END X-----\n',
  'lines that nearly begin a block': '-----BEGIN -----BEGIN -----\n',
  'certificates of nothing': '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n',
}

/** What reads them, and how many bytes of text for each of a certificate: up to 96 KB, which is a certificate of 64 KB in PEM. */
const pemReaders: Readonly<Record<string, { readonly call: (text: Uint8Array) => unknown; readonly factor: number }>> = {
  decodePem: { call: decodePem, factor: 2 },
  parseCertificate: { call: parseCertificate, factor: 2 },
  renderText: { call: (text) => renderText(text), factor: 2 },
  // A truststore is its operator's, and has a finding for every block.
  lintTruststore: { call: (text) => lintTruststore(text), factor: 1 },
}

const headerPatterns = [
  '%',
  '%25',
  '%0A',
  '"',
  '\\"',
  '\\',
  ',',
  ';',
  ':',
  '=',
  '::',
  ':AA==:,',
  'a=b;',
  'URI="a",',
  'By="',
  ' ',
  '\t',
  '+',
  'A',
  '/',
]
const frames: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['Subject="', '"'],
  [':', ':'],
  ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'],
  ['-----BEGIN%20CERTIFICATE-----%0A', '%0A-----END%20CERTIFICATE-----'],
]

function text(value: string, call: (value: string) => unknown): Sized {
  return read(Buffer.from(value), () => call(value))
}

/** What a request carries of a genuine client, in formats that say the same more than once. */
const genuine: Readonly<Partial<Record<HeaderFrom, Readonly<Record<string, unknown>>>>> = {
  'alb-verify': valued(formatAlbVerify(client)),
  cloudfront: valued(formatCloudFront(client)),
  'google-cloud': valued(formatGoogleCloud(client)),
  'cloudflare-headers': valued(formatCloudflareHeaders(client)),
  cloudflare: { ...valued(formatCloudflareTlsClientAuth(client)) },
  'api-gateway': { ...formatApiGatewayClientCert(client) },
}

function requestOf(from: HeaderFrom, fields: Readonly<Record<string, unknown>>): object {
  if (from === 'cloudflare') return { cf: { tlsClientAuth: fields } }
  if (from === 'api-gateway') return { requestContext: { identity: { clientCert: fields } } }
  return { headers: fields }
}

/** A request with one long field, the others being genuine; or with nothing but long ones. */
function request(from: HeaderFrom, field: string | undefined, value: string): Sized {
  const names = Object.keys(genuine[from] ?? {})
  const all = names.length > 0 ? names : Object.values(formats[from].headers)
  const fields = field === undefined ? Object.fromEntries(all.map((name) => [name, value])) : { ...genuine[from], [field]: value }
  return {
    bytes: field === undefined ? value.length * all.length : value.length,
    setUp() {
      const store = storeOf([root], profiles.apiGateway)
      return () => (verifyRequest(requestOf(from, fields), store, { from, trustedProxy: true }).ok ? 'accepted' : 'refused')
    },
  }
}

const filled = (size: number, pattern: string, before = '', after = ''): string =>
  before + pattern.repeat(Math.max(0, Math.floor((size - before.length - after.length) / pattern.length))) + after

export const textCases: readonly Growing[] = [
  ...Object.entries(pemReaders).flatMap(([reader, { call, factor }]) =>
    Object.entries(pemPatterns).map(([what, pattern]) => ({
      name: `PEM of ${what} to ${reader}`,
      at: (size: number) => read(Buffer.from(filled(factor * size, pattern)), call),
    })),
  ),
  ...Object.entries(valueParsers).flatMap(([reader, parse]) =>
    headerPatterns.flatMap((pattern) =>
      frames.map(([before, after]) => ({
        name: `${JSON.stringify(before + pattern + pattern + after)} … to ${reader}`,
        at: (size: number) => text(filled(size, pattern, before, after), parse),
      })),
    ),
  ),
  ...(Object.keys(formats) as HeaderFrom[]).flatMap((from) =>
    [undefined, ...Object.keys(genuine[from] ?? {})].flatMap((field) =>
      headerPatterns.map((pattern) => ({
        name: `${field ?? 'all'} of ${JSON.stringify(pattern + pattern)} … from ${from}`,
        at: (size: number) => request(from, field, filled(size, pattern)),
      })),
    ),
  ),
]
