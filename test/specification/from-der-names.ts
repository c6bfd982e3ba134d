import type * as asn1js from 'asn1js'
import { children, oidOf } from '../support/asn1js-certificate.ts'
import { demand, NotInModel } from './der-reading.ts'
import type { Attribute, GeneralName, Name } from './model.ts'

/** Names as the model has them. */

/** The attributes that a clause asks for have a short name. */
const attributeTypes: Readonly<Record<string, string>> = { '2.5.4.3': 'CN', '1.2.840.113549.1.9.1': 'emailAddress' }

const utf8 = 12
const printable = 19
const ia5 = 22

export function nameFrom(name: asn1js.AsnType): Name {
  return children(name).map((rdn): Attribute => {
    const attributes = children(rdn)
    demand(attributes.length === 1, 'an RDN of several attributes')
    const [type, value] = children(attributes[0]!)
    const { tagClass, tagNumber } = value!.idBlock
    demand(tagClass === 1 && [utf8, printable, ia5].includes(tagNumber), 'another type of string in a name')
    const text = (value as asn1js.Utf8String).getValue()
    demand(/^[\x20-\x7e]+$/.test(text), 'a string in a name that is empty or not ASCII')
    const oid = oidOf(type!)
    return [attributeTypes[oid] ?? oid, text]
  })
}

/** RFC 1034 3.5: letters, digits, and hyphens inside a label. */
const host = '[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*'
const mailbox = `[a-z0-9.!#$%&'*+/=?^_{|}~-]+@${host}`

const nameForms = {
  email: whole(mailbox),
  dns: whole(`(\\*\\.)?${host}`),
  uri: whole(`[a-z]+://${host}(:[0-9]+)?(/[\\w./-]*)?`),
}
const subtreeForms = { email: whole(`${mailbox}|\\.?${host}`), dns: whole(`(${host})?`), uri: whole(`\\.?${host}`) }
const reference = whole(host)

function whole(pattern: string): RegExp {
  return new RegExp(`^(${pattern})$`, 'i')
}

/** A subtree has no wildcard, may be empty, and has addresses with their masks. */
export function generalNameFrom(name: asn1js.AsnType, isSubtree: boolean): GeneralName {
  const { tagClass, tagNumber } = name.idBlock
  demand(tagClass === 3 && name.idBlock.isConstructed === [0, 3, 4, 5].includes(tagNumber), 'malformed')
  const bytes = (name as asn1js.Primitive).valueBlock.valueHexView
  const text = Buffer.from(bytes ?? []).toString('latin1')
  const forms = isSubtree ? subtreeForms : nameForms
  if (tagNumber === 1) return demanded({ email: text }, forms.email, text)
  if (tagNumber === 2) return demanded({ dns: text }, forms.dns, text)
  if (tagNumber === 4) return { directory: nameFrom(children(name)[0]!) }
  if (tagNumber === 6) return demanded({ uri: text }, forms.uri, text)
  if (tagNumber === 7) return { ip: isSubtree ? blockFrom(bytes) : addressFrom(bytes) }
  // Nobody compares the others. As subtrees they would have to be told apart.
  if (isSubtree) throw new NotInModel('a subtree of another form')
  return { registeredId: String(tagNumber) }
}

function demanded(name: GeneralName, pattern: RegExp, text: string): GeneralName {
  demand(pattern.test(text), `an unusual ${Object.keys(name)[0]} name`)
  return name
}

/** Decimal, or the eight groups of an IPv6 address in full. */
function addressFrom(bytes: Uint8Array): string {
  demand(bytes.length === 4 || bytes.length === 16, 'an unusual ip name')
  if (bytes.length === 4) return bytes.join('.')
  return Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(':')
}

function blockFrom(bytes: Uint8Array): string {
  const half = bytes.length / 2
  const mask = [...bytes.subarray(half)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  demand(/^1*0*$/.test(mask), 'an unusual ip name')
  return `${addressFrom(bytes.subarray(0, half))}/${mask.replace(/0/g, '').length}`
}

/** A reference as {@link addressFrom} and DNS names have it. */
export function referenceFrom(serverName: string): string {
  demand(reference.test(serverName), 'an unusual serverName')
  return serverName.toLowerCase()
}
