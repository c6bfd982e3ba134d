import * as asn1js from 'asn1js'
import { hex } from '../support/asn1js-certificate.ts'

/** What the readers of DER have in common. */

/** A certificate has something that the model cannot say. */
export class NotInModel extends Error {}

export function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new NotInModel(otherwise)
}

/** The element that is all of these bytes, in the one encoding that DER allows. */
export function decoded(bytes: Uint8Array): asn1js.AsnType {
  const { result, offset } = asn1js.fromBER(bytes)
  demand(offset === bytes.length && result.error === '', 'malformed')
  demand(hex(result.toBER()) === hex(bytes), 'not DER')
  return result
}
