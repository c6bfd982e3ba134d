import type { Span } from '../bytes/span.ts'
import { excerpt, latin1Of } from '../bytes/text.ts'
import { oidBytes } from '../der/oid.ts'
import { Reader } from '../der/reader.ts'
import * as Tag from '../der/tag.ts'
import type { CertificateView } from '../x509/certificate.ts'
import * as GeneralNameTag from '../x509/general-name-tag.ts'
import { looseRdn } from '../x509/loose-name.ts'
import { attributesOf, canonicalRdn, rdnsOf, stringValue } from '../x509/name.ts'
import { type HostPart, looksLikeHost, readDnsName, readEmail, readUri, withoutFinalDot } from './name-match.ts'

/** A name that constraints apply to. What they do not ask for is not decoded: a name can be as long as its certificate. */
export class ConstrainedName {
  /** Context tag of its GeneralName form. */
  readonly tag: number
  readonly value: Span
  /** The type of the value where the name is an attribute of the subject. */
  readonly attributeTag: number | undefined
  #cachedText: string | undefined = undefined
  #cachedHost: HostPart | null | undefined = undefined
  #cachedRdns: readonly Span[] | undefined = undefined
  readonly #exact: string[] = []
  readonly #loose: (string | null)[] = []

  constructor(tag: number, value: Span, attributeTag?: number) {
    this.tag = tag
    this.value = value
    this.attributeTag = attributeTag
  }

  /** A DNS name in lower case without final dot, an e-mail address or URI as it is; empty where it cannot be read. */
  get text(): string {
    this.#cachedText ??= this.#readText() ?? ''
    return this.#cachedText
  }

  #readText(): string | undefined {
    const { tag, value, attributeTag = Tag.ia5String } = this
    if (tag === GeneralNameTag.dns) {
      const text = stringValue(attributeTag, value)
      return text === undefined ? undefined : withoutFinalDot(text.toLowerCase())
    }
    // An address in another type than its own, IA5String (RFC 5280 A.1), is not compared.
    const isText = (tag === GeneralNameTag.email || tag === GeneralNameTag.uri) && attributeTag === Tag.ia5String
    return isText ? latin1Of(value) : undefined
  }

  /** What is compared of a DNS name, e-mail address or URI; undefined where it is not well-formed. */
  get host(): HostPart | undefined {
    if (this.#cachedHost === undefined) this.#cachedHost = this.#readHost() ?? null
    return this.#cachedHost ?? undefined
  }

  #readHost(): HostPart | undefined {
    const { tag, text, attributeTag } = this
    if (tag === GeneralNameTag.dns) return text === '' && attributeTag !== undefined ? undefined : readDnsName(text)
    return tag === GeneralNameTag.email ? readEmail(text) : readUri(text)
  }

  /** The RDNs of a directory name. */
  get rdns(): readonly Span[] {
    this.#cachedRdns ??= rdnsOf(this.value)
    return this.#cachedRdns
  }

  /** An RDN in canonical form. */
  exactRdn(index: number): string {
    this.#exact[index] ??= canonicalRdn(this.rdns[index]!)
    return this.#exact[index]
  }

  /** The same, folded as far as it goes; undefined where that would cost too much. */
  looseRdn(index: number): string | undefined {
    if (this.#loose[index] === undefined) this.#loose[index] = looseRdn(this.rdns[index]!) ?? null
    return this.#loose[index] ?? undefined
  }

  /** The name for a message. */
  describe(): string {
    const { tag, text, attributeTag } = this
    const isCommonName = tag === GeneralNameTag.dns && attributeTag !== undefined
    if (text !== '') return `${isCommonName ? 'the common name ' : ''}${excerpt(text, 100)}`
    if (isCommonName) return 'a common name that is no text'
    if (tag === GeneralNameTag.directory) return `a directory name of ${this.rdns.length} RDNs`
    return tag === GeneralNameTag.ip ? 'an IP address' : `a name of form [${tag & 0x1f}]`
  }
}

const emailAddress = /* @__PURE__ */ oidBytes('1.2.840.113549.1.9.1')
const commonName = /* @__PURE__ */ oidBytes('2.5.4.3')

/** The names of a certificate that constraints apply to: SANs, the subject if it is not empty, its e-mail attributes. */
export function namesOf(certificate: CertificateView): readonly ConstrainedName[] {
  const names = alternativeNames(certificate)
  if (certificate.subjectIsEmpty) return names
  names.push(new ConstrainedName(GeneralNameTag.directory, certificate.subjectName))
  return [...names, ...attributeNames(certificate, emailAddress, GeneralNameTag.email)]
}

function alternativeNames({ altNames }: CertificateView): ConstrainedName[] {
  if (altNames === undefined) return []
  const names: ConstrainedName[] = []
  const reader = new Reader(altNames)
  while (!reader.atEnd()) {
    reader.next('subjectAltName')
    names.push(new ConstrainedName(reader.tag, reader.content()))
  }
  return names
}

/**
 * The common names of a client that are held against constraints on DNS names, because applications take them for host
 * names: those that look like one, and those that are no text, of which nothing can be told. A client with a DNS name among
 * its SANs is not called by its common name (RFC 6125 6.4.4; what OpenSSL, GnuTLS and NSS do).
 */
export function commonNamesOf(client: CertificateView): readonly ConstrainedName[] {
  if (alternativeNames(client).some(({ tag }) => tag === GeneralNameTag.dns)) return []
  const names = attributeNames(client, commonName, GeneralNameTag.dns)
  return names.filter(({ value, attributeTag }) => {
    const text = stringValue(attributeTag!, value)
    return text === undefined || looksLikeHost(text)
  })
}

/** The values of an attribute of the subject, as names of a form. */
function attributeNames({ subjectName }: CertificateView, wanted: Uint8Array, form: number): ConstrainedName[] {
  return attributesOf(subjectName)
    .filter(({ type }) => type.is(wanted))
    .map(({ tag, value }) => new ConstrainedName(form, value, tag))
}
